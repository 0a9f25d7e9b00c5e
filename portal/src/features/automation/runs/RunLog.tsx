import { Code, Collapse, Text, UnstyledButton } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Pill, type Tone } from "../../../ui/Pill";
import { useFormat } from "../../../ui/useFormat";
import type { Log } from "../data";
import classes from "./Runs.module.css";

const TONES: Record<string, Tone> = {
  Complete: "good",
  Failed: "bad",
  Cancelled: "neutral",
  Sleeping: "busy",
  WaitingForEvent: "busy",
  Running: "busy",
};

interface Props {
  logs: Log[];
  data: Record<string, unknown>;
  chosen: string | undefined;
  onChoose: (step: string) => void;
}

/** Every step that ran: when, how long, with what, and what came of it; and all the data there is now. */
export function RunLog({ logs, data, chosen, onChoose }: Props) {
  const { t } = useTranslation("automation");
  const [open, setOpen] = useState<string>();
  useEffect(() => {
    const last = logs.findLast((each) => each.stepName === chosen);
    if (last) setOpen(last.id);
  }, [chosen, logs]);
  return (
    <aside className={classes.log} aria-label={t("runs.log")}>
      <h2 className={classes.logTitle}>{t("runs.log")}</h2>
      <ol className={classes.lines}>
        {logs.map((each) => (
          <LogLine
            key={each.id}
            log={each}
            open={each.id === open}
            onToggle={() => {
              setOpen(each.id === open ? undefined : each.id);
              onChoose(each.stepName);
            }}
          />
        ))}
      </ol>
      <h2 className={classes.logTitle}>{t("runs.data")}</h2>
      <Value value={data} />
    </aside>
  );
}

function LogLine({ log, open, onToggle }: { log: Log; open: boolean; onToggle: () => void }) {
  const { t } = useTranslation("automation");
  const format = useFormat();
  return (
    <li>
      <UnstyledButton className={classes.line} aria-expanded={open} onClick={onToggle}>
        <span className={classes.runTop}>
          <b>{log.stepName}</b>
          <Pill tone={TONES[log.status] ?? "neutral"}>
            {t(`runs.step.${log.status as "Complete"}`, { defaultValue: log.status })}
          </Pill>
          <IconChevronDown size={15} aria-hidden style={{ rotate: open ? "180deg" : "0deg" }} />
        </span>
        <span className={classes.when}>
          {format.dateTime(log.startedAt)} · {lasting(log)}
        </span>
        {log.error && <span className={classes.error}>{log.error}</span>}
      </UnstyledButton>
      <Collapse expanded={open}>
        <div className={classes.values}>
          <Text fz="xs" c="dimmed">
            {t("runs.inputs")}
          </Text>
          <Value value={log.inputs} />
          <Text fz="xs" c="dimmed">
            {t("runs.outputs")}
          </Text>
          <Value value={log.outputs} />
        </div>
      </Collapse>
    </li>
  );
}

export function Value({ value }: { value: unknown }) {
  if (value == null || (typeof value === "object" && Object.keys(value).length === 0)) return <Code>—</Code>;
  return (
    <Code block tabIndex={0} className={classes.value}>
      {typeof value === "string" ? value : JSON.stringify(value, null, 2)}
    </Code>
  );
}

function lasting({ startedAt, completedAt }: Log): string {
  if (!completedAt) return "…";
  const ms = Math.max(0, Date.parse(completedAt) - Date.parse(startedAt));
  return ms < 1000 ? `${ms} ms` : ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}
