/** How a ticket stands against the targets of its queue. Pure. */
import type { Schemas } from "../../api/client";

export type Deadline = Schemas["DeadlineView"];
export type Pace = "on-time" | "soon" | "late";

/** The clock to look at first, and how it stands; nothing when no clock runs. */
export function paceOf(
  deadlines: Deadline[],
  now: number,
): { deadline: Deadline; pace: Pace; left: number } | undefined {
  const deadline = deadlines.toSorted((a, b) => Date.parse(a.dueAt) - Date.parse(b.dueAt))[0];
  if (!deadline) return undefined;
  const left = Date.parse(deadline.dueAt) - now;
  const pace = left <= 0 ? "late" : Date.parse(deadline.warnAt) <= now ? "soon" : "on-time";
  return { deadline, pace, left };
}
