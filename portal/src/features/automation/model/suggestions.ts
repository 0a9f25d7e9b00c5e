/** What can be written at a place of a text: functions, and the data that is there when the step runs. */
import { type Canvas, find } from "./canvas";
import type { Json } from "./document";
import { before } from "./ways";

export interface HelperFunction {
  name: string;
  description: string;
  example: string;
  parameters: { name: string; required: boolean; description: string }[];
}

export interface Suggestion {
  /** What is written. */
  text: string;
  kind: "data" | "step" | "function";
  /** Where it comes from, or what it does. */
  about: string;
  example?: string;
}

/** Words for where data comes from; the page says them in its language. */
export interface Sources {
  trigger: string;
  step: (id: string) => string;
  result: string;
}

const MESSAGE = [
  "payload.content.text",
  "payload.user.name",
  "payload.user.msisdn",
  "payload.user.channelUserId",
  "payload.timestamp",
  "payload.type",
  "payload.recipient.channelId",
  "subAccountId",
  "triggeredAt",
];
const BY_TRIGGER: Record<string, string[]> = {
  inbound_chat_apps: MESSAGE,
  keyword: MESSAGE,
  campaign_reply: MESSAGE,
  inbound_sms: ["payload.body", "payload.source", "payload.destination", "payload.timestamp"],
  ticket_resolved: ["payload.user.name", "payload.user.msisdn", "payload.user.channelUserId", "subAccountId"],
  window_closing: ["payload.user.name", "payload.user.msisdn", "payload.user.channelUserId", "subAccountId"],
};
const REPLY = ["reply", "reply.payload.content.text", "reply.payload.type", "reply.payload.content.url"];

/** Everything a script of a step may name. `outputs` are the names of what each type of step answers. */
export function suggestions(
  canvas: Canvas,
  key: string,
  outputs: Record<string, string[]>,
  functions: HelperFunction[],
  sources: Sources,
): Suggestion[] {
  const step = find(canvas, key);
  const own = step ? (outputs[step.stepType] ?? []) : [];
  const results = step?.stepType === "WaitForReply" ? REPLY : own;
  const earlier = before(canvas, key).flatMap((each) => dataOf(canvas, each, sources));
  const mine = step ? dataOf(canvas, key, sources) : [];
  const trigger = BY_TRIGGER[canvas.frame.trigger] ?? ["triggeredAt"];
  const data = [
    ...earlier,
    ...mine,
    ...trigger.map((path): Suggestion => ({ text: `data.${path}`, kind: "data", about: sources.trigger })),
  ];
  const found = new Map<string, Suggestion>();
  for (const each of [
    ...results.map((name): Suggestion => ({ text: `step.${name}`, kind: "step", about: sources.result })),
    ...data,
    ...functions.map(called),
  ])
    if (!found.has(each.text)) found.set(each.text, each);
  return [...found.values()];
}

function dataOf(canvas: Canvas, key: string, sources: Sources): Suggestion[] {
  const step = find(canvas, key);
  if (!step) return [];
  const values = step.stepType === "SetData" ? (step.inputs?.values as Record<string, Json> | undefined) : undefined;
  const names = [...Object.keys(step.outputs ?? {}), ...Object.keys(values ?? {})];
  return names.map((name) => ({ text: `data.${name}`, kind: "data", about: sources.step(step.id) }));
}

function called({ name, description, example, parameters }: HelperFunction): Suggestion {
  const needed = parameters.filter((each) => each.required).map((each) => each.name);
  return { text: `${name}(${needed.join(", ")})`, kind: "function", about: description, example };
}

export interface Spot {
  /** What has been typed of the name at the caret, and where it begins. */
  typed: string;
  start: number;
  /** Whether the caret already stands in braces. */
  inside: boolean;
}

/** What is being typed at the caret; undefined where no script is. `bare`: the whole text is a script. */
export function spotAt(text: string, caret: number, bare = false): Spot | undefined {
  const until = text.slice(0, caret);
  const open = until.lastIndexOf("{{");
  const inside = bare || (open >= 0 && !until.slice(open).includes("}}"));
  if (!inside) return undefined;
  const typed = /[\w.$]*$/.exec(bare ? until : until.slice(open + 2))?.[0] ?? "";
  return { typed, start: caret - typed.length, inside: true };
}

/** Those that fit what is typed; what begins with it first. */
export function fitting(all: Suggestion[], typed: string): Suggestion[] {
  const wanted = typed.toLowerCase();
  const rank = ({ text }: Suggestion) => {
    const at = text.toLowerCase().indexOf(wanted);
    return at < 0 ? 3 : at === 0 ? 0 : /[._]/.test(text[at - 1] ?? "") ? 1 : 2;
  };
  return all
    .map((each, index) => ({ each, index, rank: rank(each) }))
    .filter((one) => one.rank < 3)
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map((one) => one.each);
}

/** The text with a suggestion at the caret, in braces where there are none, and the caret after it. */
export function completed(text: string, caret: number, chosen: string, bare = false): { text: string; caret: number } {
  const spot = spotAt(text, caret, bare);
  const start = spot ? spot.start : caret;
  const closed = spot && /^\s*}}/.test(text.slice(caret));
  const piece = spot ? `${chosen}${bare || closed || hasClosing(text, caret) ? "" : "}}"}` : `{{${chosen}}}`;
  const bracket = chosen.indexOf("(");
  const at =
    start +
    (spot ? 0 : 2) +
    (bracket >= 0 && !chosen.endsWith("()") ? bracket + 1 : spot ? piece.length : chosen.length + 2);
  return { text: text.slice(0, start) + piece + text.slice(caret), caret: at };
}

function hasClosing(text: string, caret: number): boolean {
  const rest = text.slice(caret);
  const close = rest.indexOf("}}");
  const open = rest.indexOf("{{");
  return close >= 0 && (open < 0 || close < open);
}
