/** How each type of step looks, and what a new one starts as. */
import {
  type Icon,
  IconArrowsSplit2,
  IconBraces,
  IconBrandWhatsapp,
  IconClockPause,
  IconHeadset,
  IconHelpHexagon,
  IconHourglass,
  IconMessage2,
  IconPhone,
  IconPlayerPlay,
  IconQuestionMark,
  IconTemplate,
  IconTicket,
  IconUserEdit,
  IconUserMinus,
  IconUserPlus,
  IconVolume,
  IconVolumeOff,
  IconWorldWww,
} from "@tabler/icons-react";
import type { FlatStep } from "./model/canvas";
import type { Json, JsonObject } from "./model/document";

export type Hue = "message" | "wait" | "branch" | "call" | "people" | "data" | "other";

interface Look {
  icon: Icon;
  hue: Hue;
  /** What the id of a new one begins with. */
  stem: string;
  inputs: JsonObject;
}

/** The person the workflow talks to, and the subaccount it was started on. */
export const RECIPIENT: JsonObject = {
  subAccountId: "{{data.subAccountId || 'default'}}",
  user: { msisdn: "{{data.payload.user.channelUserId}}" },
};

const LOOKS = {
  ChatAppsMessage: {
    icon: IconMessage2,
    hue: "message",
    stem: "message",
    inputs: { ...RECIPIENT, type: "text", content: { text: "" } },
  },
  SendTemplate: {
    icon: IconTemplate,
    hue: "message",
    stem: "template",
    inputs: { ...RECIPIENT, template: "", language: "" },
  },
  WaitForReply: {
    icon: IconHourglass,
    hue: "wait",
    stem: "answer",
    inputs: { from: "{{data.payload.user.channelUserId}}", channel: "whatsapp", timeout: "1.00:00:00" },
  },
  Wait: { icon: IconClockPause, hue: "wait", stem: "wait", inputs: { duration: "0.01:00:00" } },
  Branch: { icon: IconArrowsSplit2, hue: "branch", stem: "branch", inputs: {} },
  If: { icon: IconHelpHexagon, hue: "branch", stem: "if", inputs: { condition: "" } },
  HttpRequest: { icon: IconWorldWww, hue: "call", stem: "request", inputs: { url: "https://", method: "GET" } },
  SetData: { icon: IconBraces, hue: "data", stem: "data", inputs: { values: {} } },
  SendToConverse: {
    icon: IconHeadset,
    hue: "people",
    stem: "agent",
    inputs: { payload: "{{data.payload}}" },
  },
  AssignTicket: { icon: IconTicket, hue: "people", stem: "ticket", inputs: { queue: "" } },
  AddToGroup: { icon: IconUserPlus, hue: "data", stem: "group", inputs: { group: "" } },
  RemoveFromGroup: { icon: IconUserMinus, hue: "data", stem: "ungroup", inputs: { group: "" } },
  UpdateContact: { icon: IconUserEdit, hue: "data", stem: "contact", inputs: { fields: {} } },
  OptIn: { icon: IconVolume, hue: "data", stem: "opt_in", inputs: {} },
  OptOut: { icon: IconVolumeOff, hue: "data", stem: "opt_out", inputs: {} },
  StartWorkflow: { icon: IconPlayerPlay, hue: "call", stem: "start", inputs: { definitionId: "" } },
  SMS: { icon: IconMessage2, hue: "other", stem: "sms", inputs: {} },
  VoiceMessage: { icon: IconPhone, hue: "other", stem: "voice", inputs: {} },
  WaitForDTMF: { icon: IconPhone, hue: "other", stem: "keys", inputs: {} },
} satisfies Record<string, Look>;

export type StepType = keyof typeof LOOKS;

/** What one works with every day, first; the rest is in a menu. */
export const PALETTE: StepType[] = ["ChatAppsMessage", "WaitForReply", "Branch", "HttpRequest", "SendToConverse"];
export const MORE: StepType[] = [
  "SendTemplate",
  "Wait",
  "If",
  "SetData",
  "AssignTicket",
  "AddToGroup",
  "RemoveFromGroup",
  "UpdateContact",
  "OptIn",
  "OptOut",
  "StartWorkflow",
];

export const TRIGGERS = [
  "inbound_chat_apps",
  "keyword",
  "campaign_reply",
  "ticket_resolved",
  "window_closing",
  "schedule",
  "http_request",
] as const;

export function lookOf(type: string): Look {
  return known(type) ? LOOKS[type] : { icon: IconQuestionMark, hue: "other", stem: "step", inputs: {} };
}

export function known(type: string): type is StepType {
  return type in LOOKS;
}

export const WhatsAppIcon = IconBrandWhatsapp;

/** A new step of a type. A reply's text is kept for the steps after it. */
export function freshStep(type: StepType, id: string): FlatStep {
  const step: FlatStep = { id, stepType: type };
  const inputs = structuredClone(LOOKS[type].inputs) as Record<string, Json>;
  if (Object.keys(inputs).length > 0) step.inputs = inputs;
  if (type === "WaitForReply") step.outputs = { [`${id}_text`]: "{{step.reply.payload.content.text}}" };
  if (type === "HttpRequest") step.outputs = { [`${id}_answer`]: "{{step.responseBody}}" };
  return step;
}
