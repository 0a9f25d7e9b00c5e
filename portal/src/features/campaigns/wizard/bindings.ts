/** What fills each place of a template: a first guess from the recipients' fields, and what is still missing. Pure. */
import type { Message, Slot } from "../data";

export type Binding = { field: string; default: string } | { value: string };
export type Bindings = Record<string, Binding>;

/** The name or number between the braces, of a text; empty for all else. */
export function nameOf(slot: Pick<Slot, "id">): string {
  return /^(?:card\.\d+\.)?(?:header|body)\.(\w+)$/.exec(slot.id)?.[1] ?? "";
}

/** The field each place most likely takes: by its own name, by the words before it, else the first name for the first. */
export function guess(slots: Slot[], fields: string[]): Bindings {
  const found: Bindings = {};
  const usable = fields.filter((field) => field !== "ClientMessageId");
  const taken = new Set<string>();
  for (const slot of slots.filter((each) => each.kind === "text" || each.kind === "code")) {
    const name = nameOf(slot);
    const field = byName(name, usable) ?? byWordsBefore(slot, name, usable, taken) ?? firstName(name, usable, taken);
    if (field) {
      found[slot.id] = { field, default: "" };
      taken.add(field);
    }
  }
  return found;
}

export function isFilled(binding: Binding | undefined): boolean {
  if (!binding) return false;
  return "field" in binding ? Boolean(binding.field) : Boolean(binding.value.trim());
}

/** Places that must be filled and are not. */
export function missing(slots: Slot[], bindings: Bindings): Slot[] {
  return slots.filter((slot) => slot.required && !isFilled(bindings[slot.id]));
}

/** What is kept of the bindings: those of this template that hold something. */
export function parameters(slots: Slot[], bindings: Bindings): Bindings {
  return Object.fromEntries(
    slots.flatMap((slot) => {
      const binding = bindings[slot.id];
      return binding && isFilled(binding) ? [[slot.id, binding]] : [];
    }),
  );
}

export function bindingsOf(message: Message | null): Bindings {
  if (message?.type !== "template") return {};
  return { ...message.parameters } as Bindings;
}

function byName(name: string, fields: string[]): string | undefined {
  const wanted = plain(name);
  return wanted && !/^\d+$/.test(wanted) ? fields.find((field) => plain(field) === wanted) : undefined;
}

function byWordsBefore(slot: Slot, name: string, fields: string[], taken: Set<string>): string | undefined {
  const before = slot.text.split(new RegExp(`{{\\s*${name}\\s*}}`))[0] ?? "";
  const words = (before.match(/[\p{L}\p{N}]+/gu) ?? []).slice(-3).map(plain);
  return fields.find((field) => !taken.has(field) && words.includes(plain(field)));
}

function firstName(name: string, fields: string[], taken: Set<string>): string | undefined {
  return name === "1" ? fields.find((field) => field === "FirstName" && !taken.has(field)) : undefined;
}

function plain(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
}
