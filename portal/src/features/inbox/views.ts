/** The lists of tickets one can look at, and how the address says which. Pure. */
import type { Schemas } from "../../api/client";

export type Status = Schemas["TicketView"]["status"];
export const STATUSES: Status[] = ["new", "open", "pending", "on_hold", "resolved", "closed"];
export const VIEWS = ["mine", "snoozed", "unassigned", "all"] as const;
export type ViewName = (typeof VIEWS)[number];

/** What stands in the address after `/inbox?`. */
export interface InboxSearch {
  view?: ViewName;
  status?: Status;
  q?: string;
}

export function readSearch(given: Record<string, unknown>): InboxSearch {
  const found: InboxSearch = {};
  if (VIEWS.includes(given.view as ViewName)) found.view = given.view as ViewName;
  if (STATUSES.includes(given.status as Status)) found.status = given.status as Status;
  if (typeof given.q === "string" && given.q) found.q = given.q;
  return found;
}

/** The number beside a view; `undefined` where the server counts none. */
export function countOf(view: ViewName, counts: Schemas["Counts"] | undefined): number | undefined {
  if (!counts) return undefined;
  if (view === "all") return Math.min(counts.most, sum(Object.values(counts.byStatus)));
  return counts[view];
}

/** A count that reached what the server counts up to means "or more". */
export function countText(count: number, most: number, number: (value: number) => string): string {
  return count >= most ? `${number(most)}+` : number(count);
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
