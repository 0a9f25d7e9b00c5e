// WhatsApp's text marks: *bold* _italic_ ~struck~ ```mono``` `code`, and links.
import { el } from "./dom.js";

const MARKS = [
  [/```([\s\S]+?)```/, (text) => el("code", {}, text)],
  [/`([^`\n]+)`/, (text) => el("code", {}, text)],
  [/(?<![\w*])\*(?=\S)([^*\n]*[^*\s])\*(?![\w*])/, (text) => el("strong", {}, marked(text))],
  [/(?<![\w_])_(?=\S)([^_\n]*[^_\s])_(?![\w_])/, (text) => el("em", {}, marked(text))],
  [/(?<![\w~])~(?=\S)([^~\n]*[^~\s])~(?![\w~])/, (text) => el("s", {}, marked(text))],
  [/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])/, (text) => link(text, text)],
];

/** The text as nodes. The mark that begins first wins; what is inside may be marked again. */
export function marked(text) {
  let first = null;
  for (const [pattern, make] of MARKS) {
    const found = pattern.exec(text);
    if (found && (!first || found.index < first.found.index)) first = { found, make };
  }
  if (!first) return text ? [text] : [];
  const { found, make } = first;
  return [text.slice(0, found.index), make(found[1]), ...marked(text.slice(found.index + found[0].length))].filter((n) => n !== "");
}

export function link(href, ...children) {
  return el("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

export const plain = (text) => (text || "").replace(/```|[*_~`](?=\S)|(?<=\S)[*_~`]/g, "");

export const isJumbo = (text) => /^(\p{Extended_Pictographic}|\p{Emoji_Component}|\u200d|\ufe0f|\s){1,12}$/u.test(text) && !/^[\d#*\s]+$/.test(text);
