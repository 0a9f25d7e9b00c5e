/** What stands in the addresses of campaigns. Pure. */
import type { Schemas } from "../../api/client";

type State = Schemas["Campaign"]["state"];
type RowState = Schemas["RowView"]["state"];

export const STATES: State[] = [
  "draft",
  "needs_approval",
  "scheduled",
  "too_late",
  "preparing",
  "sending",
  "paused",
  "completed",
  "cancelled",
  "failed",
];
export const ROW_STATES: RowState[] = [
  "queued",
  "sending",
  "unknown",
  "not_confirmed",
  "accepted",
  "sent",
  "failed",
  "delivered",
  "read",
  "played",
  "skipped",
];

export interface CampaignSearch {
  state?: State;
  q?: string;
}

export interface ReportSearch {
  run?: number;
  state?: RowState;
  /** At least so far: a bar of the funnel. */
  reached?: string;
  reason?: string;
  to?: string;
}

export const STEPS = ["channel", "recipients", "fields", "message", "delivery", "review"] as const;
export type StepName = (typeof STEPS)[number];

/** Where the wizard stands; the server keeps all else. */
export interface WizardSearch {
  step?: StepName;
}

type Given = Record<string, unknown>;

export function readCampaignSearch(given: Given): CampaignSearch {
  return { ...one("state", given, STATES), ...text("q", given) };
}

export function readReportSearch(given: Given): ReportSearch {
  const run = Number(given.run);
  return {
    ...one("state", given, ROW_STATES),
    ...one("reached", given, ["accepted", "sent", "delivered", "read"]),
    ...text("reason", given),
    ...text("to", given),
    ...(Number.isInteger(run) && run > 0 && { run }),
  };
}

export function readWizardSearch(given: Given): WizardSearch {
  return one("step", given, STEPS);
}

function one<Name extends string, Value extends string>(name: Name, given: Given, known: readonly Value[]) {
  const value = given[name] as Value;
  return known.includes(value) ? ({ [name]: value } as { [key in Name]: Value }) : {};
}

function text<Name extends string>(name: Name, given: Given) {
  const value = given[name];
  return (typeof value === "string" || typeof value === "number") && String(value)
    ? ({ [name]: String(value) } as { [key in Name]: string })
    : {};
}
