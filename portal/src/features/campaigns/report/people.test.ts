import { expect, it } from "vitest";
import { lastAt, wanted } from "./people";

it("asks for everybody who came at least as far as a bar of the funnel says", () => {
  expect(wanted({ reached: "delivered" })).toEqual({ state: ["delivered", "read", "played"] });
});

it("asks for one state, a reason and a number as they stand in the address", () => {
  expect(wanted({ state: "failed", reason: "meta_131026", to: "9200" })).toEqual({
    state: ["failed"],
    reason: "meta_131026",
    to: "9200",
  });
  expect(wanted({})).toEqual({});
});

it("knows the last thing that happened", () => {
  const row = { acceptedAt: "2026-11-22T10:00", sentAt: "2026-11-22T10:01", deliveredAt: "", readAt: "", failedAt: "" };
  expect(lastAt(row)).toBe("2026-11-22T10:01");
});
