/** What was changed and not yet saved, by workflow: a reload or a lost session loses nothing. */
import { unreadable, type Workflow } from "../model/document";

const PREFIX = "parley.workflow.";

export interface Draft {
  /** The version the changes began with; 0: none yet. */
  version: number;
  document: Workflow;
}

export function readDraft(id: string): Draft | undefined {
  const kept = localStorage.getItem(PREFIX + id);
  if (!kept) return undefined;
  try {
    const found = JSON.parse(kept) as Draft;
    return typeof found.version === "number" && unreadable(found.document) === undefined ? found : undefined;
  } catch {
    return undefined;
  }
}

export function keepDraft(id: string, draft: Draft): void {
  localStorage.setItem(PREFIX + id, JSON.stringify(draft));
}

export function dropDraft(id: string): void {
  localStorage.removeItem(PREFIX + id);
}
