/** The lists of tickets one can look at, and how the address says which. Pure. */
import type { Schemas } from "../../api/client";

export type Status = Schemas["TicketView"]["status"];
export const STATUSES: Status[] = ["new", "open", "pending", "on_hold", "resolved", "closed"];
export const VIEWS = ["mine", "unassigned", "all"] as const;
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

/** Of the tickets already read, those whose customer or last words have all the words. */
export function matching(tickets: Schemas["TicketView"][], q: string): Schemas["TicketView"][] {
  const words = q.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return tickets;
  return tickets.filter((ticket) => {
    const text = [ticket.contact.name, ticket.contact.phone, ticket.preview, ...ticket.tags]
      .join(" ")
      .toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
