import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { agents, queues } from "../../api/desk";
import { useFormat } from "../../ui/useFormat";
import classes from "./Inbox.module.css";
import type { Entry } from "./lines";

const KNOWN = [
  "created",
  "claimed",
  "assigned",
  "transferred",
  "released",
  "set_open",
  "set_pending",
  "set_on_hold",
  "resolved",
  "closed",
  "marked",
  "merged",
  "took_in",
  "answered",
  "reopened",
  "expired",
  "taken_over",
  "handed_back",
  "handed over",
  "blocked",
  "snoozed",
  "woken",
  "reminded",
  "returned",
  "overflowed",
  "sla_warning",
  "sla_breached",
  "window_closing",
] as const;
type Action = (typeof KNOWN)[number];

/** One line of what was done to the ticket: who, what, to whom, when, and why. */
export function EventLine({ entry }: { entry: Entry }) {
  const { t } = useTranslation();
  const format = useFormat();
  const to = useTarget(entry);
  const who = entry.actor.name || t(`history.actor.${entry.actor.kind === "customer" ? "customer" : "system"}`);
  const what = KNOWN.includes(entry.action as Action)
    ? t(`history.${entry.action as Action}`, { who })
    : t("history.other", { who, action: entry.action.replace(/_/g, " ") });
  return (
    <div className={classes.event}>
      {what}
      {to && ` → ${to}`}
      {entry.reason && ` · ${entry.reason}`} · {format.clockTime(entry.at)}
      {entry.note && (
        <div dir="auto" style={{ fontStyle: "italic" }}>
          {entry.note}
        </div>
      )}
    </div>
  );
}

/** The name of the person or the queue the ticket went to. */
function useTarget({ action, changes }: Entry): string | undefined {
  const people = useQuery(agents).data?.items ?? [];
  const lines = useQuery(queues).data?.items ?? [];
  if (action === "assigned") return people.find((each) => each.id === changes.agent_id?.[1])?.name;
  if (action === "transferred" || action === "overflowed")
    return lines.find((each) => each.id === changes.queue_id?.[1])?.name;
  return undefined;
}
