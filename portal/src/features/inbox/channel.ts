/** What the types of channel differ in for whoever answers. */
import type { Ticket } from "./data";

type OnChannel = Pick<Ticket, "channelType" | "window">;

/** Whether only text can be sent, and at any time: a chat on the company's own pages. */
export function isWebChat(ticket: Pick<Ticket, "channelType">): boolean {
  return ticket.channelType === "webchat";
}

/** Whether one may write freely. A channel without a window names no time and is open. */
export function isOpenAt(ticket: OnChannel, now: number): boolean {
  const { open, closesAt } = ticket.window;
  return closesAt ? new Date(closesAt).getTime() > now : open;
}
