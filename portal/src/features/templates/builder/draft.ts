/** A template while it is written, and as Meta writes it. Pure. */
import type { Schemas } from "../../../api/client";
import type { KeptFile } from "../../../ui/MediaField";
import { type Part, partsOf, type Template } from "../../../ui/templates";

export type Kind = "standard" | "offer" | "carousel" | "authentication";
export const KINDS: Kind[] = ["standard", "offer", "carousel", "authentication"];
export type HeaderKind = "none" | "text" | "image" | "video" | "document" | "location";
export const HEADERS: HeaderKind[] = ["none", "text", "image", "video", "document", "location"];
export type ButtonType = "QUICK_REPLY" | "URL" | "PHONE_NUMBER" | "COPY_CODE" | "FLOW";
export const BUTTON_TYPES: ButtonType[] = ["QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE", "FLOW"];

export interface DraftButton {
  key: string;
  type: ButtonType;
  text: string;
  /** The address, phone number, code or flow it leads to. */
  value: string;
  /** What stands for the variable at the end of an address. */
  example: string;
}

export interface DraftCard {
  key: string;
  body: string;
  samples: Record<string, string>;
  file: KeptFile | undefined;
  buttons: DraftButton[];
}

export interface Draft {
  name: string;
  language: string;
  category: "MARKETING" | "UTILITY";
  kind: Kind;
  header: HeaderKind;
  headerText: string;
  headerSample: string;
  file: KeptFile | undefined;
  body: string;
  samples: Record<string, string>;
  footer: string;
  buttons: DraftButton[];
  offerText: string;
  offerExpires: boolean;
  cardMedia: "image" | "video";
  cards: DraftCard[];
  security: boolean;
  expiresMinutes: number | null;
}

export type Sketch = Required<Schemas["TemplateSketch"]>;
export type Problem = Schemas["TemplateProblem"];

export const newKey = () => Math.random().toString(36).slice(2);
export const newButton = (type: ButtonType): DraftButton => ({ key: newKey(), type, text: "", value: "", example: "" });
export const newCard = (): DraftCard => ({
  key: newKey(),
  body: "",
  samples: {},
  file: undefined,
  buttons: [newButton("QUICK_REPLY")],
});

export const EMPTY: Draft = {
  name: "",
  language: "en",
  category: "UTILITY",
  kind: "standard",
  header: "none",
  headerText: "",
  headerSample: "",
  file: undefined,
  body: "",
  samples: {},
  footer: "",
  buttons: [],
  offerText: "",
  offerExpires: true,
  cardMedia: "image",
  cards: [newCard(), newCard()],
  security: true,
  expiresMinutes: 10,
};

/** The names between double braces, each once, in the order in which they stand. */
export function variablesOf(text: string): string[] {
  return [...new Set([...text.matchAll(/{{\s*([^{}\s]+)\s*}}/g)].map((match) => match[1] ?? ""))];
}

/** The number of the next variable of a text whose variables are numbers. */
export function nextVariable(text: string): string {
  const numbers = variablesOf(text).map(Number).filter(Number.isInteger);
  return String(Math.max(0, ...numbers) + 1);
}

/** `Order Shipped!` → `order_shipped`: what Meta takes as a name. */
export function asName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "_")
    .replace(/^_/, "");
}

/** The parts of a draft: where a problem belongs. */
export type Section = "header" | "body" | "footer" | "buttons" | "offer" | "carousel";

interface Written {
  components: object[];
  sections: Section[];
  named: boolean;
}

export function componentsOf(draft: Draft): Written {
  const texts =
    draft.kind === "carousel" ? [draft.body, ...draft.cards.map((card) => card.body)] : [draft.headerText, draft.body];
  const named = texts.flatMap(variablesOf).some((name) => !/^\d+$/.test(name));
  const parts = draft.kind === "authentication" ? authentication(draft) : written(draft, named);
  return { components: parts.map(([, part]) => part), sections: parts.map(([section]) => section), named };
}

export function toSketch(draft: Draft): Sketch {
  const { components, named } = componentsOf(draft);
  return {
    name: draft.name,
    language: draft.language,
    category: categoryOf(draft),
    components: components as Sketch["components"],
    parameterFormat: named ? "NAMED" : "POSITIONAL",
    messageSendTtlSeconds: null,
  };
}

/** What Meta allows of a kind: an offer and a carousel are marketing. */
export function categoryOf(draft: Draft): string {
  if (draft.kind === "authentication") return "AUTHENTICATION";
  return draft.kind === "offer" ? "MARKETING" : draft.category;
}

/** The draft as a template that can be shown, its variables filled with their samples. */
export function toShown(draft: Draft): Part[] {
  if (draft.kind !== "authentication") return componentsOf(draft).components as Part[];
  return [
    {
      type: "BODY",
      text: `123456 is your verification code.${draft.security ? " For your security, do not share this code." : ""}`,
    },
    ...(draft.expiresMinutes
      ? [{ type: "FOOTER", text: `This code expires in ${draft.expiresMinutes} minutes.` }]
      : []),
    { type: "BUTTONS", buttons: [{ type: "OTP" }] },
  ];
}

/** The samples as `shownParts` wants them. */
export function valuesOf(draft: Draft): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of variablesOf(draft.headerText)) values[`header.${name}`] = draft.headerSample;
  for (const [name, value] of Object.entries(draft.samples)) values[`body.${name}`] = value;
  for (const [index, card] of draft.cards.entries())
    for (const [name, value] of Object.entries(card.samples)) values[`card.${index}.body.${name}`] = value;
  return values;
}

/** Problems by the place of the form they belong to: `name`, `body`, `button.1`, `card.0`, `whole`. */
export function placed(problems: Problem[], sections: Section[]): Map<string, Problem[]> {
  const found = new Map<string, Problem[]>();
  for (const problem of problems) {
    const place = placeOf(problem.field, sections);
    found.set(place, [...(found.get(place) ?? []), problem]);
  }
  return found;
}

function placeOf(field: string, sections: Section[]): string {
  const [first = "", index, inner, number] = field.split(".");
  if (first !== "components") return first;
  const section = index === undefined ? undefined : sections[Number(index)];
  if (!section) return "whole";
  if (section === "buttons" && number !== undefined) return `button.${number}`;
  if (section === "carousel" && inner === "cards" && number !== undefined) return `card.${number}`;
  if (section === "body" && inner === "example") return "samples";
  return section === "header" && inner === "example" ? "headerSample" : section;
}

function written(draft: Draft, named: boolean): [Section, object][] {
  const carousel = draft.kind === "carousel";
  const parts: [Section, object | undefined][] = [
    ["header", carousel ? undefined : header(draft, named)],
    ["offer", draft.kind === "offer" ? offer(draft) : undefined],
    ["body", body(draft.body, draft.samples, named)],
    [
      "footer",
      !carousel && draft.kind !== "offer" && draft.footer ? { type: "FOOTER", text: draft.footer } : undefined,
    ],
    [
      "buttons",
      carousel || draft.buttons.length === 0 ? undefined : { type: "BUTTONS", buttons: draft.buttons.map(button) },
    ],
    [
      "carousel",
      carousel ? { type: "CAROUSEL", cards: draft.cards.map((each) => card(each, draft, named)) } : undefined,
    ],
  ];
  return parts.filter((part): part is [Section, object] => part[1] !== undefined);
}

function authentication(draft: Draft): [Section, object][] {
  return [
    ["body", { type: "BODY", add_security_recommendation: draft.security }],
    ...(draft.expiresMinutes
      ? [["footer", { type: "FOOTER", code_expiration_minutes: draft.expiresMinutes }] as [Section, object]]
      : []),
    ["buttons", { type: "BUTTONS", buttons: [{ type: "OTP", otp_type: "COPY_CODE" }] }],
  ];
}

function header(draft: Draft, named: boolean): object | undefined {
  if (draft.header === "none") return undefined;
  const format = draft.header.toUpperCase();
  if (draft.header === "location") return { type: "HEADER", format };
  if (draft.header !== "text") return { type: "HEADER", format, ...(draft.file && handle(draft.file)) };
  const [name] = variablesOf(draft.headerText);
  const example = named
    ? { header_text_named_params: [{ param_name: name, example: draft.headerSample }] }
    : { header_text: [draft.headerSample] };
  return { type: "HEADER", format, text: draft.headerText, ...(name && draft.headerSample && { example }) };
}

const handle = (file: KeptFile) => ({ example: { header_handle: [file.id] } });

function body(text: string, samples: Record<string, string>, named: boolean): object {
  const names = variablesOf(text);
  const given = named ? names : names.toSorted((one, other) => Number(one) - Number(other));
  const example = named
    ? { body_text_named_params: given.map((name) => ({ param_name: name, example: samples[name] ?? "" })) }
    : { body_text: [given.map((name) => samples[name] ?? "")] };
  return { type: "BODY", text, ...(names.length > 0 && { example }) };
}

function offer(draft: Draft): object {
  const limited_time_offer = { text: draft.offerText, has_expiration: draft.offerExpires };
  return { type: "LIMITED_TIME_OFFER", limited_time_offer };
}

function card(each: DraftCard, draft: Draft, named: boolean): object {
  const format = draft.cardMedia.toUpperCase();
  const components = [
    { type: "HEADER", format, ...(each.file && handle(each.file)) },
    body(each.body, each.samples, named),
    ...(each.buttons.length > 0 ? [{ type: "BUTTONS", buttons: each.buttons.map(button) }] : []),
  ];
  return { components };
}

function button({ type, text, value, example }: DraftButton): object {
  switch (type) {
    case "URL":
      return { type, text, url: value, ...(value.includes("{{") && example && { example: [example] }) };
    case "PHONE_NUMBER":
      return { type, text, phone_number: value };
    case "COPY_CODE":
      return { type, example: [value] };
    case "FLOW":
      return { type, text, flow_id: value };
    case "QUICK_REPLY":
      return { type, text };
  }
}

interface MetaButton {
  type: string;
  text?: string;
  url?: string;
  phone_number?: string;
  flow_id?: string;
  example?: string[] | string;
}

/** A draft of what Meta has. The files of its headers are not given back: they are chosen anew. */
export function fromTemplate(template: Template): Draft {
  const parts = partsOf(template);
  const draft: Draft = { ...EMPTY, name: template.name, language: template.language };
  if (template.category === "MARKETING" || template.category === "UTILITY") draft.category = template.category;
  if (template.category === "AUTHENTICATION") draft.kind = "authentication";
  for (const part of parts) {
    if (part.type === "HEADER") Object.assign(draft, headerFrom(part));
    if (part.type === "BODY") {
      draft.body = part.text ?? "";
      draft.samples = samplesFrom(part);
    }
    if (part.type === "FOOTER") draft.footer = part.text ?? "";
    if (part.type === "BUTTONS") draft.buttons = buttonsFrom(part);
    if (part.type === "LIMITED_TIME_OFFER") {
      draft.kind = "offer";
      draft.offerText = part.limited_time_offer?.text ?? "";
    }
    if (part.type === "CAROUSEL") {
      draft.kind = "carousel";
      draft.cards = (part.cards ?? []).map(({ components }) => cardFrom(components));
      const media = part.cards?.[0]?.components.find((each) => each.type === "HEADER")?.format;
      draft.cardMedia = media === "VIDEO" ? "video" : "image";
    }
  }
  return draft;
}

function headerFrom(part: Part): Partial<Draft> {
  const kind = (part.format ?? "TEXT").toLowerCase() as HeaderKind;
  const sample = part.example?.header_text?.[0] ?? part.example?.header_text_named_params?.[0]?.example ?? "";
  return { header: kind, headerText: part.text ?? "", headerSample: sample };
}

function samplesFrom(part: Part): Record<string, string> {
  const named = part.example?.body_text_named_params;
  if (named) return Object.fromEntries(named.map(({ param_name, example }) => [param_name, example]));
  return Object.fromEntries((part.example?.body_text?.[0] ?? []).map((value, index) => [String(index + 1), value]));
}

function buttonsFrom(part: Part): DraftButton[] {
  const known = (part.buttons ?? []) as MetaButton[];
  return known
    .filter(({ type }) => BUTTON_TYPES.includes(type as ButtonType))
    .map((each) => {
      const example = Array.isArray(each.example) ? (each.example[0] ?? "") : (each.example ?? "");
      const type = each.type as ButtonType;
      const value = each.url ?? each.phone_number ?? each.flow_id ?? (type === "COPY_CODE" ? example : "");
      return { key: newKey(), type, text: each.text ?? "", value, example: type === "URL" ? example : "" };
    });
}

function cardFrom(parts: Part[]): DraftCard {
  const text = parts.find((part) => part.type === "BODY");
  const buttons = parts.find((part) => part.type === "BUTTONS");
  return {
    key: newKey(),
    body: text?.text ?? "",
    samples: text ? samplesFrom(text) : {},
    file: undefined,
    buttons: buttons ? buttonsFrom(buttons) : [],
  };
}
