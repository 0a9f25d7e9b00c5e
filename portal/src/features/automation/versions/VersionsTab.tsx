import { Button, Modal, SegmentedControl, Skeleton, Text, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay, useMe } from "../../../api/session";
import { ErrorState } from "../../../ui/ErrorState";
import { Pill } from "../../../ui/Pill";
import { done } from "../../../ui/toasts";
import { useFormat } from "../../../ui/useFormat";
import { whenDone } from "../../../ui/whenDone";
import type { Editing } from "../builder/useEditing";
import { type DefinitionView, documentOf, useRollBack, versions } from "../data";
import { Flow } from "../flow/Flow";
import type { Mark } from "../flow/StepNode";
import { type Canvas, toCanvas } from "../model/canvas";
import { type Difference, difference } from "../model/difference";
import type { Workflow } from "../model/document";
import { place } from "../model/edits";
import { positions } from "../model/layout";
import { DifferenceList } from "./DifferenceList";
import classes from "./Versions.module.css";

/** Every version there was: what each changed, drawn; and the way back. */
export function VersionsTab({ definitionId, editing }: { definitionId: string; editing: Editing }) {
  const { t } = useTranslation("automation");
  const { accountId } = useMe();
  const found = useQuery({ ...versions(accountId, definitionId), staleTime: 0 });
  const [chosen, choose] = useState<number>();
  if (found.error) return <ErrorState error={found.error} retry={() => found.refetch()} />;
  if (!found.data) return <Skeleton m="md" h={240} />;
  const all = found.data;
  const shown = all.find((each) => each.version === chosen) ?? all[0];
  return (
    <div className={classes.tab}>
      <ol className={classes.list} aria-label={t("tabs.versions")}>
        {all.map((each, index) => (
          <VersionRow
            key={each.version}
            view={each}
            newest={index === 0}
            current={each === shown}
            onClick={() => choose(each.version)}
          />
        ))}
      </ol>
      {shown && <Comparison key={shown.version} view={shown} all={all} editing={editing} />}
    </div>
  );
}

function VersionRow({
  view,
  newest,
  current,
  onClick,
}: {
  view: DefinitionView;
  newest: boolean;
  current: boolean;
  onClick: () => void;
}) {
  const { t } = useTranslation("automation");
  const format = useFormat();
  return (
    <li>
      <UnstyledButton className={classes.version} aria-current={current} onClick={onClick}>
        <span style={{ display: "flex", gap: 8, alignItems: "center" }}>
          <b>{t("list.versionOf", { version: view.version })}</b>
          {newest && <Pill tone={view.status === "enabled" ? "good" : "neutral"}>{t("versions.newest")}</Pill>}
        </span>
        <span className={classes.when}>{format.dateTime(view.createdAt)}</span>
      </UnstyledButton>
    </li>
  );
}

function Comparison({ view, all, editing }: { view: DefinitionView; all: DefinitionView[]; editing: Editing }) {
  const { t } = useTranslation("automation");
  const may = useMay();
  const [against, setAgainst] = useState<"previous" | "newest">("previous");
  const [asking, ask] = useState(false);
  const newest = all[0] as DefinitionView;
  const previous = all.find((each) => each.version === view.version - 1);
  // Read in the order of time: what came later is what was added.
  const [older, later] = against === "newest" ? [view, newest] : [previous ?? view, view];
  const found = useMemo(() => difference(documentOf(older), documentOf(later)), [older, later]);
  const drawn = useMemo(() => both(documentOf(older), documentOf(later), found), [older, later, found]);
  const isNewest = view.version === newest.version;
  return (
    <section className={classes.compare} aria-label={t("list.versionOf", { version: view.version })}>
      <div className={classes.bar}>
        <SegmentedControl
          size="xs"
          aria-label={t("versions.against")}
          value={against}
          onChange={(value) => setAgainst(value as "previous")}
          data={[
            { value: "previous", label: t("versions.previous") },
            { value: "newest", label: t("versions.withNewest"), disabled: isNewest },
          ]}
        />
        <Legend found={found} />
        {may("workflows:write") && !isNewest && (
          <Button variant="default" ms="auto" onClick={() => ask(true)}>
            {t("versions.rollBack")}
          </Button>
        )}
      </div>
      <Flow canvas={drawn.canvas} marks={drawn.marks} label={t("versions.drawn")} />
      <div className={classes.details}>
        <DifferenceList
          difference={found}
          before={t("list.versionOf", { version: older.version })}
          after={t("list.versionOf", { version: later.version })}
        />
      </div>
      {asking && <RollBackDialog view={view} editing={editing} onClose={() => ask(false)} />}
    </section>
  );
}

function Legend({ found }: { found: Difference }) {
  const { t } = useTranslation("automation");
  return (
    <>
      {found.added.length > 0 && <Pill tone="good">{t("versions.added", { count: found.added.length })}</Pill>}
      {found.removed.length > 0 && <Pill tone="bad">{t("versions.removed", { count: found.removed.length })}</Pill>}
      {found.changed.length > 0 && <Pill tone="warn">{t("versions.changed", { count: found.changed.length })}</Pill>}
    </>
  );
}

function RollBackDialog({ view, editing, onClose }: { view: DefinitionView; editing: Editing; onClose: () => void }) {
  const { t } = useTranslation("automation");
  const rollBack = useRollBack();
  const confirm = () =>
    whenDone(rollBack.mutateAsync({ definitionId: view.id, version: view.version }), (made) => {
      editing.open(made.version, documentOf(made));
      done(t("versions.rolledBack", { version: view.version, made: made.version }));
      onClose();
    });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("versions.rollBackTitle", { version: view.version })}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <Text>{t("versions.rollBackText")}</Text>
      {editing.isChanged && (
        <Text mt="xs" c="var(--mantine-color-error)">
          {t("versions.rollBackLoses")}
        </Text>
      )}
      <div style={{ display: "flex", justifyContent: "flex-end", gap: 8, marginTop: 24 }}>
        <Button variant="default" onClick={onClose}>
          {t("action.cancel")}
        </Button>
        <Button loading={rollBack.isPending} onClick={confirm}>
          {t("versions.rollBack")}
        </Button>
      </div>
    </Modal>
  );
}

/** Both versions in one picture: the later one, and the steps it has no more where they stood. */
function both(older: Workflow, later: Workflow, found: Difference): { canvas: Canvas; marks: Record<string, Mark> } {
  const after = toCanvas(later);
  const before = toCanvas(older);
  const gone = before.steps.filter(({ step }) => found.removed.includes(step.id));
  const at = positions(before);
  const here = positions(after);
  const pinned = place(
    after,
    Object.fromEntries(after.steps.flatMap(({ key, step }) => (here[key] ? [[step.id, here[key]]] : []))),
  );
  const canvas = place(
    { ...pinned, steps: [...pinned.steps, ...gone] },
    Object.fromEntries(gone.flatMap(({ key, step }) => (at[key] ? [[step.id, at[key]]] : []))),
  );
  const marks: Record<string, Mark> = {};
  for (const id of found.added) marks[id] = "added";
  for (const id of found.removed) marks[id] = "removed";
  for (const { step } of found.changed) marks[step] = "changed";
  return { canvas, marks };
}
