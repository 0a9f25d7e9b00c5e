/** What was typed stays when the page is left by mistake; it is gone with the window. */
import { type Draft, EMPTY } from "./draft";

const KEY = "parley.template-draft";

export function keptDraft(): Draft {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return kept ? { ...EMPTY, ...kept } : EMPTY;
  } catch {
    return EMPTY;
  }
}

export function keepDraft(draft: Draft | undefined): void {
  if (draft) sessionStorage.setItem(KEY, JSON.stringify(draft));
  else sessionStorage.removeItem(KEY);
}
