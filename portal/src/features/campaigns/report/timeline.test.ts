import { expect, it } from "vitest";
import { bars, fineness } from "./timeline";

const moment = (at: string, more: object = {}) => ({
  at,
  accepted: 0,
  sent: 0,
  delivered: 0,
  read: 0,
  failed: 0,
  replied: 0,
  ...more,
});

it("draws a short run by the minute, a long one by hours or days", () => {
  expect(fineness("2026-11-22T10:00:00Z", "2026-11-22T11:00:00Z")).toBe("minute");
  expect(fineness("2026-11-22T10:00:00Z", "2026-11-23T10:00:00Z")).toBe("hour");
  expect(fineness("2026-11-22T10:00:00Z", "2026-11-29T10:00:00Z")).toBe("day");
});

it("keeps the minutes in which nothing went out between the others", () => {
  const found = bars(
    [
      moment("2026-11-22T10:00:00Z", { accepted: 5 }),
      moment("2026-11-22T10:02:00Z", { accepted: 3, failed: 1 }),
      moment("2026-11-22T10:07:00Z", { read: 9 }),
    ],
    "minute",
  );
  expect(found.map((each) => [each.sent, each.failed])).toEqual([
    [5, 0],
    [0, 0],
    [3, 1],
  ]);
});

it("draws nothing before anything went out", () => {
  expect(bars([], "minute")).toEqual([]);
});
