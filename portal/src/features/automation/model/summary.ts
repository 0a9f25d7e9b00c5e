/** What a block on the canvas says about its step, in the author's own words where there are any. */
import type { FlatStep } from "./canvas";
import { isObject, type Json, type JsonObject, type Workflow } from "./document";

export interface Summary {
  /** Words the customer reads. */
  said?: string;
  /** What the customer can tap. */
  options?: string[];
  /** What else there is to know. */
  note?: string;
  /** A duration the page writes out. */
  lasts?: string;
}

export function summary(step: FlatStep): Summary {
  const inputs = step.inputs ?? {};
  switch (step.stepType) {
    case "ChatAppsMessage":
      return message(text(inputs.type), isObject(inputs.content) ? (inputs.content as JsonObject) : {});
    case "SendTemplate":
      return { note: [text(inputs.template), text(inputs.language)].filter(Boolean).join(" · ") };
    case "Wait":
      return { lasts: text(inputs.duration) };
    case "WaitForReply":
      return { lasts: text(inputs.timeout) || "1.00:00:00" };
    case "HttpRequest":
      return { note: `${text(inputs.method)} ${text(inputs.url)}` };
    case "If":
      return { note: bare(text(inputs.condition)) };
    case "SetData":
      return { note: Object.keys(isObject(inputs.values) ? inputs.values : {}).join(", ") };
    case "UpdateContact":
      return { note: Object.keys(isObject(inputs.fields) ? inputs.fields : {}).join(", ") };
    case "AssignTicket":
    case "SendToConverse":
      return { note: text(inputs.queue) };
    case "AddToGroup":
    case "RemoveFromGroup":
      return { note: text(inputs.group) };
    case "SMS":
      return { said: text(inputs.text) };
    default:
      return {};
  }
}

/** What is to be known of the trigger beside its name. */
export function triggerNote({ trigger, triggerInputs = {} }: Workflow): string {
  switch (trigger) {
    case "keyword":
      return Array.isArray(triggerInputs.keywords) ? triggerInputs.keywords.map(String).join(", ") : "";
    case "schedule":
      return [text(triggerInputs.expression), text(triggerInputs.timeZone)].filter(Boolean).join(" · ");
    case "ticket_resolved":
      return text(triggerInputs.queue);
    case "campaign_reply":
      return text(triggerInputs.campaignId);
    default:
      return "";
  }
}

function message(type: string, content: JsonObject): Summary {
  if (type.toLowerCase() === "interactive" && isObject(content.interactive)) {
    const interactive = content.interactive as JsonObject;
    const said = isObject(interactive.body) ? text(interactive.body.text as Json) : "";
    return { said, options: optionsOf(interactive) };
  }
  if (type.toLowerCase() === "template" && isObject(content.template))
    return {
      note: [text(content.template.name as Json), text(content.template.language as Json)].filter(Boolean).join(" · "),
    };
  if (type.toLowerCase() === "text") return { said: text(content.text) };
  return { said: text(content.text), note: [type, text(content.url)].filter(Boolean).join(" · ") };
}

/** The titles of buttons and rows. */
export function optionsOf(interactive: JsonObject): string[] {
  const action = isObject(interactive.action) ? (interactive.action as JsonObject) : {};
  const buttons = list(action.buttons).map((each) => (isObject(each.reply) ? text(each.reply.title as Json) : ""));
  const rows = list(action.sections).flatMap((section) => list(section.rows as Json).map((row) => text(row.title)));
  return [...buttons, ...rows].filter(Boolean);
}

function list(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? (value.filter(isObject) as JsonObject[]) : [];
}

function text(value: Json | undefined): string {
  return value == null ? "" : typeof value === "string" ? value : JSON.stringify(value);
}

function bare(script: string): string {
  return /^\s*{{([\s\S]*)}}\s*$/.exec(script)?.[1]?.trim() ?? script;
}
