import { expect, it } from "vitest";
import { paceOf } from "./deadlines";
import { type Choices, problemsOf, toInteractive } from "./interactive";
import { slashAt, withReply } from "./slash";
import { choices, fieldValue } from "./snooze";

const QUESTION: Choices = {
  kind: "button",
  body: " Which day? ",
  opener: "",
  options: [
    { title: "Thursday", description: "" },
    { title: "Saturday ", description: "10 to 13" },
  ],
};

it("buttons are WhatsApp's reply buttons", () => {
  expect(toInteractive(QUESTION)).toEqual({
    type: "interactive",
    interactive: {
      type: "button",
      body: { text: "Which day?" },
      action: {
        buttons: [
          { type: "reply", reply: { id: "option-1", title: "Thursday" } },
          { type: "reply", reply: { id: "option-2", title: "Saturday" } },
        ],
      },
    },
  });
});

it("a list has a word that opens it, and its choices may be explained", () => {
  expect(toInteractive({ ...QUESTION, kind: "list", opener: "Days" })).toMatchObject({
    interactive: {
      type: "list",
      action: {
        button: "Days",
        sections: [{ rows: [{ title: "Thursday" }, { title: "Saturday", description: "10 to 13" }] }],
      },
    },
  });
});

it("says what is missing before WhatsApp does", () => {
  expect(problemsOf(QUESTION)).toEqual([]);
  expect(problemsOf({ kind: "list", body: "", opener: "", options: [] })).toEqual(["body", "opener", "none"]);
  const same = { title: "Yes", description: "" };
  expect(problemsOf({ ...QUESTION, options: [same, same, { title: " ", description: "" }] })).toEqual([
    "title",
    "double",
  ]);
});

it("a slash calls canned replies only at the start of a line", () => {
  expect(slashAt("/han", 4)).toEqual({ query: "han", start: 0, end: 4 });
  expect(slashAt("Hello\n/", 7)).toEqual({ query: "", start: 6, end: 7 });
  expect(slashAt("either/or", 9)).toBeUndefined();
  expect(slashAt("/han ", 5)).toBeUndefined();
});

it("a canned reply stands in place of what called it", () => {
  const text = "Hello\n/han\nBye";
  const slash = slashAt(text, 10);
  expect(slash && withReply(text, slash, "Opening hours: 9 to 17")).toBe("Hello\nOpening hours: 9 to 17\nBye");
});

it("what is put off comes back in an hour, in three, or in the morning", () => {
  const sunday = new Date(2026, 10, 22, 17, 30);
  expect(choices(sunday).map(({ name, at }) => [name, fieldValue(at)])).toEqual([
    ["hour", "2026-11-22T18:30"],
    ["threeHours", "2026-11-22T20:30"],
    ["tomorrow", "2026-11-23T09:00"],
    ["monday", "2026-11-23T09:00"],
  ]);
  expect(fieldValue(choices(new Date(2026, 10, 23, 8))[3]?.at ?? sunday)).toBe("2026-11-30T09:00");
});

it("the next clock decides how a ticket stands", () => {
  const deadlines = [
    { name: "resolution", dueAt: "2026-11-22T18:00:00Z", warnAt: "2026-11-22T17:00:00Z" },
    { name: "first_response", dueAt: "2026-11-22T12:00:00Z", warnAt: "2026-11-22T11:48:00Z" },
  ];
  const at = (time: string) => paceOf(deadlines, Date.parse(`2026-11-22T${time}:00Z`))?.pace;
  expect([at("11:00"), at("11:50"), at("12:00")]).toEqual(["on-time", "soon", "late"]);
  expect(paceOf([], 0)).toBeUndefined();
});
