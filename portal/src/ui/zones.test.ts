import { expect, it } from "vitest";
import { momentOf, wallClock } from "./zones";

it("finds the moment of a wall clock in another zone", () => {
  expect(momentOf("2026-12-01T09:00", "Asia/Singapore").toISOString()).toBe("2026-12-01T01:00:00.000Z");
  expect(momentOf("2026-07-01T09:00", "Europe/Berlin").toISOString()).toBe("2026-07-01T07:00:00.000Z");
});

it("finds it on the day the clocks change", () => {
  expect(momentOf("2026-10-25T01:30", "Europe/Berlin").toISOString()).toBe("2026-10-24T23:30:00.000Z");
  expect(momentOf("2026-10-25T04:00", "Europe/Berlin").toISOString()).toBe("2026-10-25T03:00:00.000Z");
});

it("shows a moment on the wall clock of another zone", () => {
  expect(wallClock("2026-12-01T09:00:00+08:00", "Asia/Singapore")).toBe("2026-12-01T09:00");
  expect(wallClock("2026-07-01T07:00:00Z", "Europe/Berlin")).toBe("2026-07-01T09:00");
  expect(wallClock("2026-12-01T23:30:00Z", "Asia/Kolkata")).toBe("2026-12-02T05:00");
});
