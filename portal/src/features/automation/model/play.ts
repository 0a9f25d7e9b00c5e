/** A conversation with the simulator: what was done, what came back, and the test it makes. */
import { isObject, type JsonObject, type TestCase, type Turn } from "./document";

export interface Played {
  messages: { turn: number; text: string; options: JsonObject[]; message: JsonObject }[];
  handedOver: boolean;
}

/** One line of the chat, in the order of what happened. */
export type Bubble =
  | { key: string; side: "bot"; text: string; options: JsonObject[]; type: string }
  | { key: string; side: "customer"; text: string }
  | { key: string; side: "system"; turn: Turn };

export function bubblesOf(turns: Turn[], played: Played | undefined): Bubble[] {
  const bot = (turn: number): Bubble[] =>
    (played?.messages ?? [])
      .filter((each) => each.turn === turn)
      .map(({ text, options, message }, index) => ({
        key: `${turn}.${index}`,
        side: "bot",
        text,
        options,
        type: String(message.type ?? ""),
      }));
  return [...bot(0), ...turns.flatMap((turn, index) => [said(turn, index + 1), ...bot(index + 1)])];
}

function said(turn: Turn, number: number): Bubble {
  const key = String(number);
  if (!("customer" in turn)) return { key, side: "system", turn };
  const { customer } = turn;
  const text = typeof customer === "string" ? customer : String(customer.tap ?? customer.type ?? "");
  return { key, side: "customer", text };
}

/** What the customer said and the bot answered, as a test case. */
export function asTest(name: string, turns: Turn[], played: Played, trigger?: JsonObject): TestCase {
  const expected = (turn: number): Turn[] =>
    played.messages
      .filter((each) => each.turn === turn)
      .map(({ text, message }) => ({ bot: text || { type: message.type ?? "text" } }));
  const all = [...expected(0), ...turns.flatMap((turn, index) => [turn, ...expected(index + 1)])];
  if (played.handedOver) all.push({ handedOver: true });
  return { name, ...(trigger && { trigger }), turns: all };
}

/** The turn that answers a pending call. */
export function answering(call: { method: string; url: string }, status: number, reply: unknown, fails?: string): Turn {
  const http: JsonObject = { method: call.method, url: call.url };
  if (fails) http.fails = fails;
  else {
    if (status !== 200) http.status = status;
    if (reply !== undefined && reply !== null) http.reply = reply as JsonObject;
  }
  return { http };
}

export function titleOf(option: JsonObject): string {
  return isObject(option) ? String(option.title ?? option.id ?? "") : "";
}
