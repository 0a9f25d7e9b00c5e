import { useTranslation } from "react-i18next";
import { useFormat } from "../../ui/useFormat";
import classes from "./Inbox.module.css";
import type { Entry } from "./thread";

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
] as const;
type Action = (typeof KNOWN)[number];

/** One line of what was done to the ticket: who, what, when, and why. */
export function EventLine({ entry }: { entry: Entry }) {
  const { t } = useTranslation();
  const format = useFormat();
  const who = entry.actor.name || t(`history.actor.${entry.actor.kind === "customer" ? "customer" : "system"}`);
  const what = KNOWN.includes(entry.action as Action)
    ? t(`history.${entry.action as Action}`, { who })
    : t("history.other", { who, action: entry.action.replace(/_/g, " ") });
  return (
    <div className={classes.event}>
      {what}
      {entry.reason && ` · ${entry.reason}`} · {format.clockTime(entry.at)}
      {entry.note && (
        <div dir="auto" style={{ fontStyle: "italic" }}>
          {entry.note}
        </div>
      )}
    </div>
  );
}
