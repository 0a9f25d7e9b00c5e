import { expect, it } from "vitest";
import { isOutside, type RetentionClass, shortened } from "./data";

const kept = (name: string, days: number | null, mayBeKeptForGood = true): RetentionClass => ({
  name,
  days,
  default: null,
  minimum: 30,
  maximum: 3650,
  mayBeKeptForGood,
  description: "",
});

it("names what would be kept for a shorter time, and nothing that stays or is kept longer", () => {
  const classes = [kept("messages", null), kept("tickets", 90), kept("events", 40), kept("audit", 400)];
  expect(shortened(classes, { messages: 90, tickets: null, events: 40, audit: 365 })).toEqual(["messages", "audit"]);
});

it("refuses days outside of the bounds, parts of days, and for good where that may not be", () => {
  const days = [29, 30, 30.5, 3650, 3651, null];
  expect(days.map((each) => isOutside(kept("x", 30), each))).toEqual([true, false, true, false, true, false]);
  expect(isOutside(kept("x", 30, false), null)).toBe(true);
});
