import { expect, it } from "vitest";
import { answeredSince, type Entry, linesOf, type Message, ticksOf } from "./lines";

function message(id: string, at: string, more: Partial<Message> = {}): Message {
  return {
    id,
    position: id,
    direction: "in",
    type: "text",
    content: { body: id },
    preview: id,
    at,
    status: "received",
    sentAt: null,
    deliveredAt: null,
    readAt: null,
    failedAt: null,
    failure: null,
    sender: { kind: "customer", id: "", name: "Asha" },
    ticketId: null,
    wamid: null,
    replyTo: null,
    media: null,
    ...more,
  };
}

function entry(id: string, at: string, action: string, note = ""): Entry {
  return {
    id,
    at,
    action,
    note,
    reason: "",
    actor: { kind: "person", id: "u", name: "Sam" },
    mentions: [],
    changes: {},
  };
}

const kinds = (lines: { kind: string; key: string }[]) => lines.map((line) => `${line.kind} ${line.key}`);

it("goes from old to new, with the days between and what was done in its place", () => {
  const lines = linesOf(
    [message("c", "2026-11-22T10:00:00Z"), message("b", "2026-11-21T10:01:00Z"), message("a", "2026-11-21T10:00:00Z")],
    [entry("1", "2026-11-21T10:00:30Z", "claimed"), entry("2", "2026-11-22T10:05:00Z", "noted", "An alumnus")],
    true,
  );
  expect(kinds(lines)).toEqual([
    `day day ${new Date("2026-11-21T10:00:00Z").toDateString()}`,
    "message a",
    "event 1",
    "message b",
    `day day ${new Date("2026-11-22T10:00:00Z").toDateString()}`,
    "message c",
    "note 2",
  ]);
});

it("keeps the server's order among messages of the same second", () => {
  const at = "2026-11-21T10:00:00Z";
  const lines = linesOf([message("second", at), message("first", at)], [], true);
  expect(kinds(lines).slice(1)).toEqual(["message first", "message second"]);
});

it("tells nothing of the time before the oldest message that is loaded", () => {
  const before = entry("1", "2026-11-20T10:00:00Z", "claimed");
  const messages = [message("a", "2026-11-21T10:00:00Z")];
  expect(kinds(linesOf(messages, [before], false))).not.toContain("event 1");
  expect(kinds(linesOf(messages, [before], true))).toContain("event 1");
});

it("joins what the same person says within a few minutes", () => {
  const lines = linesOf(
    [
      message("late", "2026-11-21T10:09:00Z"),
      message("soon", "2026-11-21T10:01:00Z"),
      message("first", "2026-11-21T10:00:00Z"),
    ],
    [],
    true,
  );
  expect(lines.filter((line) => line.kind === "message").map((line) => line.joined)).toEqual([false, true, false]);
});

it("has ticks for every status of ours and none for what came in", () => {
  const ours = [
    "queued",
    "sending",
    "unknown",
    "not_confirmed",
    "accepted",
    "sent",
    "failed",
    "delivered",
    "read",
    "played",
  ];
  expect(ours.map(ticksOf)).toEqual([
    "waiting",
    "waiting",
    "unsure",
    "unsure",
    "sent",
    "sent",
    "failed",
    "delivered",
    "read",
    "read",
  ]);
  expect(ticksOf("received")).toBeUndefined();
});

it("finds what a colleague answered since one began to write, and nothing one wrote oneself", () => {
  const at = "2026-11-21T10:00:00Z";
  const by = (id: string) => ({ direction: "out", sender: { kind: "agent", id, name: id } }) as const;
  const thread = [
    message("d", at, by("me")),
    message("c", at, by("robin")),
    message("b", at),
    message("a", at, by("mei")),
  ];
  expect(answeredSince(thread, "b", "me")?.id).toBe("c");
  expect(answeredSince(thread, "c", "me")).toBeUndefined();
});
