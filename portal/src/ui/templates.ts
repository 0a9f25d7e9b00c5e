/** A template's variables, how it looks when they are filled, and what is sent then. Pure. */
import type { Schemas } from "../api/client";

export type Template = Schemas["TemplateShape"];

export interface Slot {
  /** `header.1`, `body.name`, `button.0`. */
  id: string;
  part: "header" | "body" | "button";
  kind: "text" | "image" | "video" | "document";
  /** The name or number between the braces; the label of a button. */
  name: string;
  example: string;
}

export interface Part {
  type: string;
  format?: string;
  text?: string;
  buttons?: { type: string; text?: string; url?: string; example?: string[] }[];
  limited_time_offer?: { text?: string };
  cards?: { components: Part[] }[];
  example?: {
    header_text?: string[];
    body_text?: string[][];
    header_text_named_params?: NamedExample[];
    body_text_named_params?: NamedExample[];
  };
}

interface NamedExample {
  param_name: string;
  example: string;
}

export interface Shown {
  header?: { kind: "text" | "image" | "video" | "document" | "location"; text: string };
  body: string;
  footer: string;
  buttons: { type: string; text: string }[];
  /** The words of a limited offer. */
  offer?: string;
  /** A carousel's cards, beside each other. */
  cards?: Shown[];
}

/** What WhatsApp writes on buttons that have no text of their own. */
const OWN_LABELS: Record<string, string> = { COPY_CODE: "Copy code", OTP: "Copy code", CATALOG: "View catalogue" };

const BRACES = /{{\s*([\w]+)\s*}}/g;

export function partsOf(template: Template): Part[] {
  return template.components as unknown as Part[];
}

export function slotsOf(template: Template): Slot[] {
  return partsOf(template).flatMap((part) => {
    switch (part.type) {
      case "HEADER":
        return headerSlots(part);
      case "BODY":
        return textSlots("body", part.text ?? "", (name, index) => bodyExample(part, name, index));
      case "BUTTONS":
        return (part.buttons ?? []).flatMap((button, index) => buttonSlots(button, index));
      default:
        return [];
    }
  });
}

/** Whether everything the template can hold is something this page can fill. */
export function isFillable(template: Template): boolean {
  return partsOf(template).every(
    (part) =>
      ["BODY", "FOOTER", "HEADER", "BUTTONS"].includes(part.type) &&
      part.format !== "LOCATION" &&
      (part.buttons ?? []).every((button) => ["QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE"].includes(button.type)),
  );
}

/** What the customer will see; a slot without a value shows its name. */
export function shown(template: Template, values: Record<string, string>): Shown {
  return shownParts(partsOf(template), values, "");
}

/** As `shown`, for the parts of a template or of one card of it; `prefix` is the card's in the names of values. */
export function shownParts(parts: Part[], values: Record<string, string>, prefix: string): Shown {
  const found: Shown = { body: "", footer: "", buttons: [] };
  for (const part of parts) {
    if (part.type === "HEADER") {
      const kind = (part.format ?? "TEXT").toLowerCase() as NonNullable<Shown["header"]>["kind"];
      found.header = {
        kind,
        text: kind === "text" ? filled(`${prefix}header`, part.text ?? "", values) : (values["header.file"] ?? ""),
      };
    }
    if (part.type === "BODY") found.body = filled(`${prefix}body`, part.text ?? "", values);
    if (part.type === "FOOTER") found.footer = part.text ?? "";
    if (part.type === "BUTTONS")
      found.buttons = (part.buttons ?? []).map(({ type, text }) => ({ type, text: text ?? OWN_LABELS[type] ?? type }));
    if (part.type === "LIMITED_TIME_OFFER") found.offer = part.limited_time_offer?.text ?? "";
    if (part.type === "CAROUSEL")
      found.cards = (part.cards ?? []).map((card, index) => shownParts(card.components, values, `card.${index}.`));
  }
  return found;
}

/** The message in WhatsApp's notation. */
export function toMessage(template: Template, values: Record<string, string>): Schemas["Template"] {
  const isNamed = template.parameterFormat?.toUpperCase() === "NAMED";
  const components = [];
  const slots = slotsOf(template);
  for (const part of ["header", "body"] as const) {
    const parameters = slots
      .filter((slot) => slot.part === part)
      .map((slot) => parameter(slot, values[slot.id] ?? "", isNamed));
    if (parameters.length > 0) components.push({ type: part, parameters });
  }
  for (const slot of slots.filter((each) => each.part === "button")) {
    const index = slot.id.split(".")[1];
    components.push({
      type: "button",
      sub_type: "url",
      index,
      parameters: [{ type: "text", text: values[slot.id] ?? "" }],
    });
  }
  return {
    type: "template",
    template: {
      name: template.name,
      language: { code: template.language },
      ...(components.length > 0 && { components }),
    },
  } as Schemas["Template"];
}

function headerSlots(part: Part): Slot[] {
  const format = part.format ?? "TEXT";
  if (format === "TEXT") {
    return textSlots(
      "header",
      part.text ?? "",
      (name) => named(part.example?.header_text_named_params, name) ?? part.example?.header_text?.[0] ?? "",
    );
  }
  if (format === "LOCATION") return [];
  return [
    {
      id: "header.file",
      part: "header",
      kind: format.toLowerCase() as Slot["kind"],
      name: format.toLowerCase(),
      example: "",
    },
  ];
}

function textSlots(part: "header" | "body", text: string, example: (name: string, index: number) => string): Slot[] {
  const names = [...new Set([...text.matchAll(BRACES)].map((match) => match[1] ?? ""))];
  return names.map((name, index) => ({
    id: `${part}.${name}`,
    part,
    kind: "text",
    name,
    example: example(name, index),
  }));
}

function buttonSlots(button: NonNullable<Part["buttons"]>[number], index: number): Slot[] {
  if (button.type !== "URL" || !button.url?.includes("{{")) return [];
  return [
    {
      id: `button.${index}`,
      part: "button",
      kind: "text",
      name: button.text ?? "",
      example: button.example?.[0] ?? "",
    },
  ];
}

function bodyExample(part: Part, name: string, index: number): string {
  return named(part.example?.body_text_named_params, name) ?? part.example?.body_text?.[0]?.[index] ?? "";
}

function named(examples: NamedExample[] | undefined, name: string): string | undefined {
  return examples?.find((each) => each.param_name === name)?.example;
}

function parameter(slot: Slot, value: string, isNamed: boolean) {
  if (slot.kind !== "text") return { type: slot.kind, [slot.kind]: { link: value } };
  return { type: "text", text: value, ...(isNamed && { parameter_name: slot.name }) };
}

function filled(part: string, text: string, values: Record<string, string>): string {
  return text.replace(BRACES, (braces, name: string) => values[`${part}.${name}`] || braces);
}
