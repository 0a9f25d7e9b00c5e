/** A question with buttons or a list of choices, from what an agent fills in to WhatsApp's notation. Pure. */
import type { OutMessage } from "./data";

export interface Choices {
  kind: "button" | "list";
  body: string;
  /** What opens the list. */
  opener: string;
  options: { title: string; description: string }[];
}

/** Meta's limits: more is refused when it is sent, so it is said while it is written. */
export const LIMITS = {
  button: { options: 3, title: 20, body: 1024 },
  list: { options: 10, title: 24, body: 4096, description: 72, opener: 20 },
} as const;

export type Problem = "body" | "bodyLong" | "opener" | "none" | "title" | "double";

export function problemsOf({ kind, body, opener, options }: Choices): Problem[] {
  const titles = options.map((each) => each.title.trim());
  const found: Problem[] = [];
  if (!body.trim()) found.push("body");
  if (body.length > LIMITS[kind].body) found.push("bodyLong");
  if (kind === "list" && !opener.trim()) found.push("opener");
  if (titles.length === 0) found.push("none");
  if (titles.some((title) => !title)) found.push("title");
  if (new Set(titles.filter(Boolean)).size < titles.filter(Boolean).length) found.push("double");
  return found;
}

export function toInteractive({ kind, body, opener, options }: Choices): OutMessage {
  const rows = options.map(({ title, description }, index) => ({
    id: `option-${index + 1}`,
    title: title.trim(),
    ...(kind === "list" && description.trim() && { description: description.trim() }),
  }));
  const action =
    kind === "button"
      ? { buttons: rows.map((reply) => ({ type: "reply", reply })) }
      : { button: opener.trim(), sections: [{ rows }] };
  const interactive = { type: kind, body: { text: body.trim() }, action };
  return { type: "interactive", interactive } as unknown as OutMessage;
}
