import { ActionIcon, Button, Menu, Switch, Tooltip } from "@mantine/core";
import { IconArrowBackUp, IconArrowForwardUp, IconChevronLeft, IconDots } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMe } from "../../../api/session";
import { Pill } from "../../../ui/Pill";
import { useShortcuts } from "../../../ui/shortcuts";
import { failed } from "../../../ui/toasts";
import { exported } from "../data";
import { download, fileName } from "../download";
import { written } from "../model/document";
import { updateDefinition } from "../model/edits";
import { TABS, type Tab } from "../search";
import classes from "./Builder.module.css";
import { useWorkshop } from "./context";
import type { Editing } from "./useEditing";
import type { Saving } from "./useSaving";

/** The workflow's name, what it is at, its pages, and what can be done with all of it. */
export function Head({
  definitionId,
  tab,
  editing,
  saving,
}: {
  definitionId?: string;
  tab: Tab;
  editing: Editing;
  saving: Saving;
}) {
  const { t } = useTranslation("automation");
  const { fixed, edit } = useWorkshop();
  const name = editing.canvas.frame.definition.name;
  const enabled = editing.canvas.frame.status === "enabled";
  const isNew = editing.version === 0;
  const mayUndo = tab === "build" && !fixed;
  useShortcuts([
    ...(fixed ? [] : [{ key: "mod+s", label: t("builder.save"), run: () => saving.save() }]),
    ...(mayUndo
      ? [
          { key: "mod+z", label: t("builder.undo"), run: editing.undo, outsideText: true },
          { key: "mod+y", label: t("builder.redo"), run: editing.redo, outsideText: true },
        ]
      : []),
  ]);
  return (
    <div className={classes.head}>
      <div className={classes.title}>
        <ActionIcon component={Link} to="/workflows" aria-label={t("builder.back")}>
          <IconChevronLeft size={18} />
        </ActionIcon>
        <h1 className="sr-only">{name}</h1>
        <input
          className={classes.nameInput}
          aria-label={t("builder.name")}
          value={name}
          maxLength={200}
          disabled={fixed}
          onChange={(event) => {
            const next = event.currentTarget.value;
            edit((before) => updateDefinition(before, { name: next }), "name");
          }}
        />
        <State editing={editing} enabled={enabled} />
      </div>
      <nav className={classes.tabs} aria-label={t("builder.parts")}>
        {TABS.filter((each) => !isNew || each === "build").map((each) => (
          <Link
            key={each}
            to="/workflows/$definitionId"
            params={{ definitionId: definitionId ?? "" }}
            search={each === "build" ? {} : { tab: each }}
            className={classes.tab}
            activeOptions={{ exact: true, includeSearch: true }}
            data-current={each === tab || undefined}
            aria-current={each === tab ? "page" : undefined}
            disabled={isNew}
          >
            {t(`tabs.${each}`)}
          </Link>
        ))}
      </nav>
      <div className={classes.acts}>
        {mayUndo && (
          <>
            <Tooltip label={`${t("builder.undo")} (Ctrl Z)`}>
              <ActionIcon aria-label={t("builder.undo")} disabled={!editing.canUndo} onClick={editing.undo}>
                <IconArrowBackUp size={18} stroke={1.7} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label={`${t("builder.redo")} (Ctrl Y)`}>
              <ActionIcon aria-label={t("builder.redo")} disabled={!editing.canRedo} onClick={editing.redo}>
                <IconArrowForwardUp size={18} stroke={1.7} />
              </ActionIcon>
            </Tooltip>
          </>
        )}
        <More {...(definitionId && { definitionId })} editing={editing} />
        {!fixed && (
          <>
            <Switch
              label={t("builder.enabled")}
              checked={enabled}
              disabled={saving.isPending}
              onChange={(event) => saving.save(event.currentTarget.checked ? "enabled" : "disabled")}
            />
            <Button loading={saving.isPending} disabled={!editing.isChanged && !isNew} onClick={() => saving.save()}>
              {t("builder.save")}
            </Button>
          </>
        )}
      </div>
    </div>
  );
}

function State({ editing, enabled }: { editing: Editing; enabled: boolean }) {
  const { t } = useTranslation("automation");
  if (editing.version === 0) return <Pill>{t("builder.draft")}</Pill>;
  return (
    <>
      <Pill tone={enabled ? "good" : "neutral"}>{t(enabled ? "status.enabled" : "status.disabled")}</Pill>
      <Pill tone={editing.isChanged ? "warn" : "neutral"}>
        {t(editing.isChanged ? "builder.changed" : "list.versionOf", { version: editing.version })}
      </Pill>
    </>
  );
}

function More({ definitionId, editing }: { definitionId?: string; editing: Editing }) {
  const { t } = useTranslation("automation");
  const { accountId } = useMe();
  const save = async () => {
    const name = fileName(editing.document.definition.name);
    try {
      // What is stored comes from the server, byte for byte; what is not yet, from here.
      const stored = definitionId && !editing.isChanged;
      download(name, stored ? await exported(accountId, definitionId) : written(editing.document));
    } catch (error) {
      failed(error);
    }
  };
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon aria-label={t("builder.more")}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={save}>{t("list.export")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
