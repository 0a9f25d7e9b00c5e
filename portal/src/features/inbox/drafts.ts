/** What was typed and not yet sent, by ticket: it survives a reload, a lost session and a look at another ticket. */
const PREFIX = "parley.draft.";

export interface Draft {
  reply: string;
  note: string;
}

export function readDraft(ticketId: string): Draft {
  const kept = sessionStorage.getItem(PREFIX + ticketId);
  if (!kept) return { reply: "", note: "" };
  const [reply = "", note = ""] = JSON.parse(kept) as string[];
  return { reply, note };
}

export function keepDraft(ticketId: string, draft: Draft): void {
  if (draft.reply || draft.note) sessionStorage.setItem(PREFIX + ticketId, JSON.stringify([draft.reply, draft.note]));
  else sessionStorage.removeItem(PREFIX + ticketId);
}
