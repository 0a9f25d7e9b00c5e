/** Whom a bar of the report stands for. Pure. */
import type { RowState } from "../data";
import type { ReportSearch } from "../search";

/** How far a message came, each with the states that came at least that far. */
export const REACHED: Record<string, RowState[]> = {
  accepted: ["accepted", "sent", "delivered", "read", "played"],
  sent: ["sent", "delivered", "read", "played"],
  delivered: ["delivered", "read", "played"],
  read: ["read", "played"],
};

/** What to ask of the server for the people the address names. */
export function wanted(search: ReportSearch): { state?: RowState[]; reason?: string; to?: string } {
  const states = search.reached ? REACHED[search.reached] : search.state ? [search.state] : undefined;
  return {
    ...(states && { state: states }),
    ...(search.reason && { reason: search.reason }),
    ...(search.to && { to: search.to }),
  };
}

/** The last thing that happened to a message. */
export function lastAt(row: {
  acceptedAt: string;
  sentAt: string;
  deliveredAt: string;
  readAt: string;
  failedAt: string;
}): string {
  return [row.acceptedAt, row.sentAt, row.deliveredAt, row.readAt, row.failedAt].reduce(
    (latest, each) => (each > latest ? each : latest),
    "",
  );
}
