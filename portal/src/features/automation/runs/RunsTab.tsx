import { Button, Menu, ScrollArea, Select, Skeleton, Text, UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconRoute } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay, useMe } from "../../../api/session";
import { EmptyState } from "../../../ui/EmptyState";
import { ErrorState } from "../../../ui/ErrorState";
import { Pill, type Tone } from "../../../ui/Pill";
import { useFormat } from "../../../ui/useFormat";
import { whenDone } from "../../../ui/whenDone";
import {
  counters,
  documentOf,
  type InstanceView,
  instances,
  type Log,
  run,
  useCommand,
  useRetry,
  versions,
} from "../data";
import { Flow } from "../flow/Flow";
import { toCanvas } from "../model/canvas";
import { goneAlong, type Line, marksOf } from "../model/route";
import { edgesOf } from "../model/ways";
import { RunLog } from "./RunLog";
import classes from "./Runs.module.css";

const STATUSES = ["Runnable", "Suspended", "Complete", "Terminated"] as const;
const TONES: Record<string, Tone> = { Runnable: "busy", Suspended: "warn", Complete: "good", Terminated: "bad" };

/** Who is in the workflow now and who was: all of them on the canvas as numbers, one of them step by step. */
export function RunsTab({ definitionId, run: runId }: { definitionId: string; run?: string }) {
  const { t } = useTranslation("automation");
  const { accountId } = useMe();
  const known = useQuery(versions(accountId, definitionId));
  const [wanted, setVersion] = useState<number>();
  const [status, setStatus] = useState<(typeof STATUSES)[number]>();
  const newest = known.data?.[0]?.version;
  const version = wanted ?? newest;
  if (known.error) return <ErrorState error={known.error} retry={() => known.refetch()} />;
  if (!known.data || version === undefined) return <Skeleton m="md" h={240} />;
  return (
    <div className={classes.tab} data-run={runId ? "" : undefined}>
      <div className={classes.side}>
        <div className={classes.filters}>
          <Select
            size="xs"
            aria-label={t("list.version")}
            allowDeselect={false}
            data={known.data.map((each) => ({
              value: String(each.version),
              label: t("list.versionOf", { version: each.version }),
            }))}
            value={String(version)}
            onChange={(value) => setVersion(Number(value))}
          />
          <Select
            size="xs"
            aria-label={t("list.status")}
            placeholder={t("runs.anyStatus")}
            clearable
            data={STATUSES.map((each) => ({ value: each, label: t(`runs.status.${each}`) }))}
            value={status ?? null}
            onChange={(value) => setStatus((value ?? undefined) as typeof status)}
          />
        </div>
        <RunList definitionId={definitionId} version={version} status={status} chosen={runId} />
      </div>
      {runId ? (
        <OneRun key={runId} definitionId={definitionId} runId={runId} />
      ) : (
        <Everybody definitionId={definitionId} version={version} />
      )}
    </div>
  );
}

function RunList({
  definitionId,
  version,
  status,
  chosen,
}: {
  definitionId: string;
  version: number;
  status: (typeof STATUSES)[number] | undefined;
  chosen: string | undefined;
}) {
  const { t } = useTranslation("automation");
  const { accountId } = useMe();
  const format = useFormat();
  const navigate = useNavigate();
  const found = useInfiniteQuery({ ...instances(accountId, definitionId, version, status), refetchInterval: 5_000 });
  if (found.error) return <ErrorState error={found.error} retry={() => found.refetch()} />;
  const rows = found.data?.pages.flat();
  if (rows?.length === 0)
    return <EmptyState icon={IconRoute} title={t("runs.emptyTitle")} text={t("runs.emptyText")} />;
  return (
    <ScrollArea className={classes.scroll}>
      <ul className={classes.list} aria-label={t("tabs.runs")}>
        {rows?.map((each) => (
          <li key={each.workflowId}>
            <UnstyledButton
              className={classes.run}
              aria-current={each.workflowId === chosen}
              onClick={() =>
                navigate({
                  to: "/workflows/$definitionId",
                  params: { definitionId },
                  search: { tab: "runs", run: each.workflowId },
                })
              }
            >
              <span className={classes.runTop}>
                <b>{personOf(each) || t("runs.noPerson")}</b>
                <Pill tone={TONES[each.status] ?? "neutral"}>{t(`runs.status.${each.status as "Complete"}`)}</Pill>
              </span>
              <span className={classes.when}>{format.dateTime(each.startedAt)}</span>
            </UnstyledButton>
          </li>
        )) ?? <Skeleton m="sm" h={120} />}
      </ul>
      {found.hasNextPage && (
        <Button variant="subtle" fullWidth loading={found.isFetchingNextPage} onClick={() => found.fetchNextPage()}>
          {t("action.showMore")}
        </Button>
      )}
    </ScrollArea>
  );
}

/** Every run of a version on one canvas: how many went along each line. */
function Everybody({ definitionId, version }: { definitionId: string; version: number }) {
  const { t } = useTranslation("automation");
  const { accountId } = useMe();
  const known = useQuery(versions(accountId, definitionId));
  const counted = useQuery({ ...counters(accountId, definitionId, version), refetchInterval: 10_000 });
  const view = known.data?.find((each) => each.version === version);
  const canvas = useMemo(() => view && toCanvas(documentOf(view)), [view]);
  const lit = useMemo(() => {
    const found: Record<string, number> = {};
    if (!canvas) return found;
    const ids = new Map(canvas.steps.map(({ key, step }) => [key, step.id]));
    for (const edge of edgesOf(canvas)) {
      const from = ids.get(edge.source);
      const way = counted.data?.ways.find((each) => each.source === from && each.target === ids.get(edge.target));
      const count = from === undefined ? counted.data?.instances : way?.count;
      if (count) found[edge.id] = count;
    }
    return found;
  }, [canvas, counted.data]);
  if (!canvas) return <Skeleton m="md" h={240} />;
  return (
    <section className={classes.main} aria-label={t("runs.everybody")}>
      <div className={classes.bar}>
        <Text fw={600}>{t("runs.counted", { count: counted.data?.instances ?? 0 })}</Text>
        {counted.data?.complete === false && <Text c="dimmed">{t("runs.onlyNewest")}</Text>}
      </div>
      <Flow canvas={canvas} lit={lit} label={t("canvas.label")} />
    </section>
  );
}

function OneRun({ definitionId, runId }: { definitionId: string; runId: string }) {
  const { t } = useTranslation("automation");
  const { accountId } = useMe();
  const navigate = useNavigate();
  const found = useQuery({
    ...run(accountId, definitionId, runId),
    refetchInterval: (query) => (query.state.data?.status === "Runnable" ? 3_000 : false),
  });
  const known = useQuery(versions(accountId, definitionId));
  const [step, setStep] = useState<string[]>([]);
  const view = known.data?.find((each) => each.version === found.data?.version);
  const canvas = useMemo(() => view && toCanvas(documentOf(view)), [view]);
  const logs = useMemo((): Log[] => found.data?.logs ?? [], [found.data]);
  const lines = useMemo(() => logs.map(lineOf), [logs]);
  const shown = useMemo(
    () => (canvas ? { marks: marksOf(canvas, lines), lit: goneAlong(canvas, lines) } : undefined),
    [canvas, lines],
  );
  if (found.error) return <ErrorState error={found.error} retry={() => found.refetch()} />;
  if (!found.data || !canvas || !shown) return <Skeleton m="md" h={240} />;
  return (
    <>
      <section className={classes.main} aria-label={t("runs.path")}>
        <div className={classes.bar}>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() =>
              navigate({ to: "/workflows/$definitionId", params: { definitionId }, search: { tab: "runs" } })
            }
          >
            {t("runs.all")}
          </Button>
          <Text fw={600}>{personOf(found.data) || t("runs.noPerson")}</Text>
          <Pill tone={TONES[found.data.status] ?? "neutral"}>
            {t(`runs.status.${found.data.status as "Complete"}`)}
          </Pill>
          <RunCommands
            definitionId={definitionId}
            found={found.data}
            failedAt={logs.findLast((each) => each.error)?.stepName}
          />
        </div>
        <Flow
          canvas={canvas}
          marks={shown.marks}
          lit={shown.lit}
          selected={step}
          onSelect={setStep}
          label={t("canvas.label")}
        />
      </section>
      <RunLog logs={logs} data={found.data.data} chosen={step[0]} onChoose={(id) => setStep([id])} />
    </>
  );
}

function RunCommands({
  definitionId,
  found,
  failedAt,
}: {
  definitionId: string;
  found: InstanceView;
  failedAt: string | undefined;
}) {
  const { t } = useTranslation("automation");
  const may = useMay();
  const command = useCommand(definitionId, found.workflowId);
  const retry = useRetry(definitionId, found.workflowId);
  if (!may("workflows:run") || found.status === "Complete") return null;
  const tell = (status: "suspend" | "resume" | "terminate") => whenDone(command.mutateAsync(status));
  if (found.status === "Terminated")
    return failedAt ? (
      <Button
        size="compact-sm"
        variant="default"
        ms="auto"
        loading={retry.isPending}
        onClick={() => whenDone(retry.mutateAsync(failedAt))}
      >
        {t("runs.retry", { step: failedAt })}
      </Button>
    ) : null;
  return (
    <Menu>
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="default"
          ms="auto"
          rightSection={<IconChevronDown size={14} />}
          loading={command.isPending}
        >
          {t("runs.act")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {found.status === "Runnable" ? (
          <Menu.Item onClick={() => tell("suspend")}>{t("runs.suspend")}</Menu.Item>
        ) : (
          <Menu.Item onClick={() => tell("resume")}>{t("runs.resume")}</Menu.Item>
        )}
        <Menu.Item color="red" c="var(--mantine-color-error)" onClick={() => tell("terminate")}>
          {t("runs.terminate")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function lineOf(log: Log): Line {
  return { step: log.stepName, status: log.status, error: log.error, next: log.nextSteps ?? [] };
}

/** Whom a run is about, out of the message that started it. */
function personOf(found: InstanceView): string {
  const payload = found.data.payload as
    | { user?: { name?: string; msisdn?: string; channelUserId?: string } }
    | undefined;
  const user = payload?.user;
  return user?.name || user?.msisdn || user?.channelUserId || "";
}
