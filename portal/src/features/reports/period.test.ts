import { expect, it } from "vitest";
import { lastDays } from "./period";

it("the last days are those before today, and today", () => {
  expect(lastDays(7, new Date(2026, 10, 3, 23, 59))).toEqual({ since: "2026-10-28", until: "2026-11-03" });
  expect(lastDays(1, new Date(2026, 10, 3))).toEqual({ since: "2026-11-03", until: "2026-11-03" });
});
