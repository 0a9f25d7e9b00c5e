/** A canned reply is called by a slash and the beginning of its name, at the start of a line. Pure. */
export interface Slash {
  query: string;
  start: number;
  end: number;
}

/** What is called before the cursor; nothing when nobody calls. */
export function slashAt(text: string, cursor: number): Slash | undefined {
  const found = /(^|\n)\/([^\s/]*)$/u.exec(text.slice(0, cursor));
  if (!found) return undefined;
  const query = found[2] ?? "";
  return { query, start: cursor - query.length - 1, end: cursor };
}

export function withReply(text: string, slash: Slash, reply: string): string {
  return text.slice(0, slash.start) + reply + text.slice(slash.end);
}
