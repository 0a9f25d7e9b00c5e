import type { Ticket } from "./data";

/** What to call a customer who may have given no name. */
export function nameOf(ticket: Pick<Ticket, "contact">): string {
  const { name, phone, bsuid } = ticket.contact;
  return name || phone || bsuid || "?";
}
