import { expect, it } from "vitest";
import type { Schemas } from "../../api/client";
import { countOf, countText, readSearch } from "./views";

const COUNTS: Schemas["Counts"] = {
  most: 1000,
  mine: 2,
  snoozed: 0,
  unassigned: 9,
  byStatus: { new: 9, open: 400, pending: 700 },
  byQueue: {},
};
const number = (value: number) => value.toLocaleString("en");

it("an address with nonsense in it is the inbox without it", () => {
  expect(readSearch({ view: "everything", status: "open", q: 7, other: "x" })).toEqual({ status: "open" });
});

it("counts that reach what the server counts to are told as or more", () => {
  expect(countText(countOf("mine", COUNTS) ?? 0, COUNTS.most, number)).toBe("2");
  expect(countText(countOf("all", COUNTS) ?? 0, COUNTS.most, number)).toBe("1,000+");
});

it("has no numbers before the server has told them", () => {
  expect(countOf("all", undefined)).toBeUndefined();
});
