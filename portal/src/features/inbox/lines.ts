/** A conversation as a column of days, messages, notes and lines of what was done. Pure. */
import type { Schemas } from "../../api/client";

export type Message = Schemas["MessageView"];
export type Entry = Schemas["HistoryView"];

export type Line =
  | { kind: "day"; key: string; at: string }
  | { kind: "message"; key: string; at: string; message: Message; joined: boolean }
  | { kind: "note"; key: string; at: string; entry: Entry }
  | { kind: "event"; key: string; at: string; entry: Entry };

const JOINED_WITHIN_MS = 5 * 60_000;

/** `messages` newest first and `history` oldest first, as the server gives them; the lines go from old to new. */
export function linesOf(messages: Message[], history: Entry[], isWhole: boolean): Line[] {
  const oldest = messages.at(-1)?.at;
  const told: Line[] = history
    // What was done before the oldest message that is loaded appears with the messages of its time.
    .filter((entry) => isWhole || oldest === undefined || entry.at >= oldest)
    .map((entry) => ({
      kind: entry.note && entry.action === "noted" ? "note" : "event",
      key: entry.id,
      at: entry.at,
      entry,
    }));
  const said: Line[] = messages.toReversed().map((message) => ({
    kind: "message",
    key: message.id,
    at: message.at,
    message,
    joined: false,
  }));
  const all = [...said, ...told].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return withDays(all);
}

function withDays(lines: Line[]): Line[] {
  const found: Line[] = [];
  let day = "";
  let before: Line | undefined;
  for (const line of lines) {
    const its = new Date(line.at).toDateString();
    if (its !== day) {
      found.push({ kind: "day", key: `day ${its}`, at: line.at });
      before = undefined;
    }
    day = its;
    found.push(line.kind === "message" ? { ...line, joined: isJoined(before, line) } : line);
    before = line;
  }
  return found;
}

/** Whether a message goes on what the one before it said: the same person, a moment later. */
function isJoined(before: Line | undefined, line: Line): boolean {
  if (before?.kind !== "message" || line.kind !== "message") return false;
  const [first, second] = [before.message, line.message];
  const isSame =
    first.direction === second.direction &&
    first.sender.kind === second.sender.kind &&
    first.sender.name === second.sender.name;
  return isSame && new Date(second.at).getTime() - new Date(first.at).getTime() < JOINED_WITHIN_MS;
}

/** What a colleague answered after the message that was the newest when this person began to write. */
export function answeredSince(messages: Message[], newestThen: string, me: string): Message | undefined {
  const place = messages.findIndex((each) => each.id === newestThen);
  const since = place === -1 ? [] : messages.slice(0, place);
  return since.find((each) => each.direction === "out" && each.sender.kind === "agent" && each.sender.id !== me);
}

export type Ticks = "waiting" | "unsure" | "sent" | "delivered" | "read" | "failed";

/** What the marks under our message say. */
export function ticksOf(status: string): Ticks | undefined {
  switch (status) {
    case "queued":
    case "sending":
      return "waiting";
    case "unknown":
    case "not_confirmed":
      return "unsure";
    case "accepted":
    case "sent":
      return "sent";
    case "delivered":
      return "delivered";
    case "read":
    case "played":
      return "read";
    case "failed":
      return "failed";
    default:
      return undefined;
  }
}
