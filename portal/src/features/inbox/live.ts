/** What the inbox does with news: it reads the changed ticket, not the lists it stands in. */
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { ApiError, api, body, type Schemas } from "../../api/client";
import { follow, idsOf } from "../../api/live/news";
import { queries } from "../../api/queries";
import { messages, type Ticket, ticket as ticketQuery } from "./data";
import { placed, renewed, without } from "./place";
import { askAgain } from "./presence";
import type { Status, ViewName } from "./views";

type TicketPages = InfiniteData<Schemas["Page_TicketView_"], string>;
type FoundPages = InfiniteData<Schemas["Page_Found_"], string>;
type MessagePages = InfiniteData<Schemas["MessagePage"], string>;

/** It may have left this reader's view; whoever still sees it is told what happened to it, too. */
const GONE = "ticket.gone";
/** More at once than this, and reading the lists again is cheaper. */
const MOST = 8;
let me = "";

export function followTickets(userId: string): void {
  me = userId;
  follow("ticket", (changes) => {
    const seen = idsOf(changes.filter((each) => each.type !== GONE));
    for (const id of idsOf(changes)) if (!seen.includes(id)) vanished(queries, id);
    void changed(queries, seen);
  });
  follow("ticket_presence", (changes) => {
    if (idsOf(changes).some((id) => isShown(queries, id))) askAgain();
  });
  follow("conversation", (changes) => void changed(queries, ticketsOf(queries, idsOf(changes))));
}

/** Shows a ticket as it now is wherever it stands. */
export function show(client: QueryClient, ticket: Ticket): void {
  if (client.getQueryData(ticketQuery(ticket.id).queryKey)) {
    client.setQueryData(ticketQuery(ticket.id).queryKey, ticket);
  }
  eachList(client, (pages, view, status) => placed(pages, ticket, { view, status, me }));
  client.setQueriesData<FoundPages>({ queryKey: ["tickets", "found"] }, (found) => found && withFound(found, ticket));
}

function withFound(found: FoundPages, ticket: Ticket): FoundPages {
  const renew = (each: Schemas["Found"]) => (each.ticket.id === ticket.id ? { ...each, ticket } : each);
  return { ...found, pages: found.pages.map((page) => ({ ...page, items: page.items.map(renew) })) };
}

async function changed(client: QueryClient, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  client.invalidateQueries({ queryKey: ["tickets", "counts"] });
  client.invalidateQueries({ queryKey: ["tickets", "found"] });
  if (ids.length > MOST) {
    client.invalidateQueries({ queryKey: ["tickets", "list"] });
    for (const id of ids) client.invalidateQueries({ queryKey: ["ticket", id] });
    return;
  }
  await Promise.all(ids.map((id) => Promise.all([readTicket(client, id), readThread(client, id)])));
}

async function readTicket(client: QueryClient, id: string): Promise<void> {
  try {
    const path = { params: { path: { ticketId: id } } };
    const found = await body(api.GET("/api/v1/tickets/{ticketId}", path));
    // Something done here is on its way: its own answer is newer than this.
    if (client.isMutating({ mutationKey: ["ticket", id] }) === 0) show(client, found);
  } catch (error) {
    if (error instanceof ApiError) vanished(client, id);
  }
}

/** Out of this reader's sight; a page that has it open reads it once more, and says why. */
function vanished(client: QueryClient, id: string): void {
  eachList(client, (pages) => without(pages, id));
  client.invalidateQueries({ queryKey: ["tickets", "counts"] });
  client.invalidateQueries({ queryKey: ticketQuery(id).queryKey, exact: true });
}

/** The newest page of an open thread and what was done to the ticket; older pages do not change. */
async function readThread(client: QueryClient, id: string): Promise<void> {
  const key = messages(id).queryKey;
  const pages = client.getQueryData<MessagePages>(key);
  if (!pages) return;
  client.invalidateQueries({ queryKey: ["ticket", id, "history"] });
  if (client.getQueryCache().find({ queryKey: key })?.isActive() === false) {
    client.removeQueries({ queryKey: key });
    return;
  }
  const query = { params: { path: { ticketId: id }, query: { limit: 50 } } };
  const newest = await body(api.GET("/api/v1/tickets/{ticketId}/messages", query)).catch(() => undefined);
  if (!newest) return;
  client.setQueryData<MessagePages>(key, (before) => {
    if (!before) return before;
    const after = renewed(before.pages, newest);
    return { pages: after, pageParams: before.pageParams.slice(0, after.length) };
  });
}

/** The tickets on the screen that belong to these conversations. */
function ticketsOf(client: QueryClient, conversationIds: string[]): string[] {
  const found = new Set<string>();
  const note = (ticket: Ticket) => {
    if (conversationIds.includes(ticket.conversationId)) found.add(ticket.id);
  };
  eachList(client, (pages) => {
    for (const page of pages) page.items.forEach(note);
    return pages;
  });
  for (const [key, data] of client.getQueriesData<Ticket>({ queryKey: ["ticket"] })) {
    if (key.length === 2 && data) note(data);
  }
  return [...found];
}

function isShown(client: QueryClient, ticketId: string): boolean {
  if (client.getQueryData(ticketQuery(ticketId).queryKey)) return true;
  const lists = client.getQueriesData<TicketPages>({ queryKey: ["tickets", "list"] });
  return lists.some(([, data]) => data?.pages.some((page) => page.items.some((each) => each.id === ticketId)));
}

function eachList(
  client: QueryClient,
  change: (pages: TicketPages["pages"], view: ViewName, status: Status | undefined) => TicketPages["pages"],
): void {
  for (const [key, data] of client.getQueriesData<TicketPages>({ queryKey: ["tickets", "list"] })) {
    if (!data) continue;
    const [, , view, status] = key as [string, string, ViewName, Status | ""];
    const pages = change(data.pages, view, status || undefined);
    if (pages !== data.pages) client.setQueryData(key, { ...data, pages });
  }
}
