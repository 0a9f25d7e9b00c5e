import { describe, expect, it } from "vitest";
import { blank, type Condition, read, write } from "./conditions";

const FORMS: Condition[] = [
  { kind: "contains", not: false, value: "data.choice", words: ["hours", "open"], ignoreCase: true },
  { kind: "contains", not: true, value: "data.choice", words: ["it's {{ \\ }} a"], ignoreCase: false },
  { kind: "equals", not: true, value: "data.choice", text: "1" },
  { kind: "country", not: false, value: "data.payload.user.msisdn", country: "SG" },
  { kind: "time", not: true, value: "data.payload.timestamp", from: "09:00:00", to: "18:00:00", zone: "UTC" },
  { kind: "weekday", not: false, value: "now()", days: ["Saturday", "Sunday"], zone: "Asia/Singapore" },
  { kind: "weekday", not: true, value: "now()", days: ["Saturday", "Sunday"], zone: "" },
  { kind: "weekday", not: true, value: "now()", days: ["Sunday"], zone: "" },
  { kind: "replied" },
  { kind: "silent" },
  { kind: "custom", script: "data.a > 3 && !data.b" },
];

describe("a condition", () => {
  it.each(FORMS)("is read as it was written: %j", (condition) => {
    expect(read(write(condition))).toEqual(condition);
  });

  it.each([
    ["{{stringContains(data.choice, 'order', true)}}", "contains"],
    ['{{ stringContains(data.payload.body, "Register") }}', "contains"],
    ["{{isCountryCode(data.payload.user.msisdn,'ID')}}", "country"],
    ["{{!isTimeOfDayBetween(data.payload.timestamp, '09:00:00', '18:00:00', 'SE Asia Standard Time')}}", "time"],
    ["{{step.reply != null}}", "replied"],
    ["{{data.reply1.payload.content.text == '1'}}", "equals"],
    ["{{step.responseCode=='200'}}", "equals"],
  ])("written by others is a form: %s", (text, kind) => {
    expect(read(text).kind).toBe(kind);
  });

  it.each([
    "isCountryCode(a, 'SG') || isCountryCode(a, 'MY')",
    "isDayOfWeek(now(), 'Monday') || data.open",
    "isDayOfWeek(a, 'Monday') || isDayOfWeek(b, 'Tuesday')",
    "stringContains(data.a, data.b)",
    "stringContains(data.a, 'x', data.c)",
    "f(1) == 'x' || g(2)",
    "data.a == 'x' || data.b == 'y'",
    "data.a == '\\u0041'",
  ])("that no form says stays a script: %s", (script) => {
    expect(read(`{{${script}}}`)).toEqual({ kind: "custom", script });
  });

  it("of every kind starts as something that can be read again", () => {
    for (const kind of ["contains", "equals", "country", "time", "weekday", "replied", "silent", "custom"] as const) {
      const made = blank(kind, "data.x");
      const again = read(write(made));
      expect(again.kind).toBe(made.kind);
      if (kind === "contains") expect(again).toEqual(made);
    }
  });
});
