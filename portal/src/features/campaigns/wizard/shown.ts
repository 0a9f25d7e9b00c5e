/** The message of one recipient, as the server filled it, in the shape the phone shows. Pure. */
import { type Shown, shown, type Template } from "../../../ui/templates";

/** The template's words replaced by those of one recipient: `header`, `body`, `card.0.body`. */
export function shownFor(template: Template | undefined, texts: Record<string, string>): Shown {
  const base: Shown = template ? shown(template, {}) : { body: "", footer: "", buttons: [] };
  const found = withTexts(base, texts, "");
  return base.cards
    ? { ...found, cards: base.cards.map((card, index) => withTexts(card, texts, `card.${index}.`)) }
    : found;
}

function withTexts(base: Shown, texts: Record<string, string>, prefix: string): Shown {
  const header = texts[`${prefix}header`];
  return {
    ...base,
    ...(header !== undefined && base.header && { header: { ...base.header, text: header } }),
    body: texts[`${prefix}body`] ?? base.body,
    footer: texts[`${prefix}footer`] ?? base.footer,
  };
}

/** What stands in for values nobody has yet: the examples Meta asked for. */
export function examplesOf(slots: { id: string; example: string }[]): Record<string, string> {
  return Object.fromEntries(slots.flatMap((slot) => (slot.example ? [[slot.id, slot.example]] : [])));
}
