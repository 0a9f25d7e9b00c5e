/** Where a changed ticket stands in a list that is already read: one read a ticket, however long the list. Pure. */
import type { Schemas } from "../../api/client";
import type { Status, ViewName } from "./views";

type Ticket = Schemas["TicketView"];

export interface Page<Item> {
  items: Item[];
  next?: string | null;
}

export interface List {
  view: ViewName;
  status?: Status | undefined;
  me: string;
}

const RANKS: Ticket["priority"][] = ["urgent", "high", "normal", "low"];

/** The pages with the ticket where it now belongs: in its place, in another, or nowhere. */
export function placed<P extends Page<Ticket>>(pages: P[], ticket: Ticket, list: List): P[] {
  const known = pages.flatMap((page) => page.items).find((each) => each.id === ticket.id);
  if (known && belongs(ticket, list) && before(known, ticket, list.view) === 0) return replaced(pages, ticket);
  const rest = without(pages, ticket.id);
  return belongs(ticket, list) ? inserted(rest, ticket, list.view) : rest;
}

export function without<P extends Page<Ticket>>(pages: P[], ticketId: string): P[] {
  if (!pages.some((page) => page.items.some((each) => each.id === ticketId))) return pages;
  return pages.map((page) => ({ ...page, items: page.items.filter((each) => each.id !== ticketId) }));
}

export function belongs(ticket: Ticket, { view, status, me }: List): boolean {
  if (status && ticket.status !== status) return false;
  switch (view) {
    case "mine":
      return ticket.agentId === me && !ticket.snoozedUntil && (status === "closed" || ticket.status !== "closed");
    case "snoozed":
      return ticket.agentId === me && Boolean(ticket.snoozedUntil) && ticket.status !== "closed";
    case "unassigned":
      return !ticket.agentId && (ticket.status === "new" || ticket.status === "open");
    case "all":
      return true;
  }
}

function replaced<P extends Page<Ticket>>(pages: P[], ticket: Ticket): P[] {
  return pages.map((page) => ({ ...page, items: page.items.map((each) => (each.id === ticket.id ? ticket : each)) }));
}

function inserted<P extends Page<Ticket>>(pages: P[], ticket: Ticket, view: ViewName): P[] {
  for (const [index, page] of pages.entries()) {
    const place = page.items.findIndex((each) => before(ticket, each, view) < 0);
    if (place !== -1) return pages.with(index, { ...page, items: page.items.toSpliced(place, 0, ticket) });
  }
  const last = pages.at(-1);
  // Behind what is loaded: it comes with its page.
  if (!last || last.next) return pages;
  return pages.with(-1, { ...last, items: [...last.items, ticket] });
}

/** The server's order: waiting ones by who is served next, all others by their birth, the youngest first. */
function before(a: Ticket, b: Ticket, view: ViewName): number {
  if (view !== "unassigned") return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
  return (
    RANKS.indexOf(a.priority) - RANKS.indexOf(b.priority) ||
    Number(b.reopened) - Number(a.reopened) ||
    Date.parse(a.inLineSince) - Date.parse(b.inLineSince) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

/** A thread with its newest page read again: what is known is renewed, what is new stands in front. */
export function renewed<P extends Page<{ id: string }>>(pages: P[], newest: P): P[] {
  const fresh = new Map(newest.items.map((each) => [each.id, each]));
  const known = new Set(pages.flatMap((page) => page.items.map((each) => each.id)));
  // So much came meanwhile that a gap may lie between: start again from the newest.
  if (known.size > 0 && !newest.items.some((each) => known.has(each.id))) return [newest];
  const added = newest.items.filter((each) => !known.has(each.id));
  return pages.map((page, index) => {
    const items = page.items.map((each) => fresh.get(each.id) ?? each);
    return { ...page, items: index === 0 ? [...added, ...items] : items };
  });
}
