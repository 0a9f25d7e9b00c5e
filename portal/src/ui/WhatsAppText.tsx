import type { ReactNode } from "react";

const MARKS = [
  ["*", "strong"],
  ["_", "em"],
  ["~", "s"],
  ["`", "code"],
] as const;
const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)]/;

/** Text as WhatsApp shows it: *bold*, _italic_, ~struck~, `code` and links. Never HTML. */
export function WhatsAppText({ children }: { children: string }) {
  return <>{render(children)}</>;
}

function render(text: string): ReactNode {
  const found = first(text);
  if (!found) return text;
  return (
    <>
      {text.slice(0, found.start)}
      {found.node}
      {render(text.slice(found.end))}
    </>
  );
}

interface Found {
  start: number;
  end: number;
  node: ReactNode;
}

function first(text: string): Found | undefined {
  const all = [link(text), ...MARKS.map(([mark, Tag]) => marked(text, mark, Tag))].filter((each) => each !== undefined);
  return all.sort((a, b) => a.start - b.start)[0];
}

function link(text: string): Found | undefined {
  const match = LINK.exec(text);
  if (!match) return undefined;
  const address = match[0];
  const node = (
    <a href={address} target="_blank" rel="noreferrer noopener">
      {address}
    </a>
  );
  return { start: match.index, end: match.index + address.length, node };
}

/** A mark counts only where a word begins and ends, and within one line. */
function marked(text: string, mark: string, Tag: "strong" | "em" | "s" | "code"): Found | undefined {
  const sign = mark === "*" ? "\\*" : mark;
  const match = new RegExp(`(^|[\\s([{"'*_~])${sign}(?=\\S)([^\\n]*?\\S)${sign}(?=$|[\\s.,;:!?)\\]}"'*_~])`).exec(text);
  if (!match) return undefined;
  const start = match.index + (match[1]?.length ?? 0);
  const inner = match[2] ?? "";
  return { start, end: start + inner.length + 2, node: <Tag>{Tag === "code" ? inner : render(inner)}</Tag> };
}
