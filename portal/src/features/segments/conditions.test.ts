import { expect, it } from "vitest";
import { addable, begun, type Condition, conditionsOf, type Filter, filterOf, isWhole } from "./conditions";

const WHOLE: Filter = {
  countries: ["SG", "MY"],
  tags: ["vip"],
  withoutTags: ["staff"],
  groups: ["17"],
  attributes: [
    { name: "Plan", op: "is", value: "gold" },
    { name: "Shop", op: "exists", value: "" },
  ],
  wroteWithinDays: 30,
  silentForDays: 7,
  mayGetMarketing: false,
  campaign: { campaignId: "c1", outcome: "not-read" },
  subaccountId: "main",
};

it("a filter is the same after it was read and written", () => {
  expect(filterOf(conditionsOf(WHOLE), WHOLE.subaccountId)).toEqual(WHOLE);
  const nothing = filterOf([], "");
  expect(conditionsOf(nothing)).toEqual([]);
});

it("a condition that is begun means nobody yet, so it is not whole", () => {
  const kinds = addable([]).filter((kind) => !isWhole(begun(kind)));
  expect(kinds).toEqual(["countries", "tags", "withoutTags", "groups", "attribute", "campaign"]);
});

it("needs a value only where one is compared, and no half days", () => {
  const attribute = (op: "is" | "missing"): Condition => ({ kind: "attribute", name: "Plan", op, value: " " });
  expect([isWhole(attribute("is")), isWhole(attribute("missing"))]).toEqual([false, true]);
  expect([0, 1.5, 30, 3651].map((days) => isWhole({ kind: "wrote", days }))).toEqual([false, false, true, false]);
});

it("offers each kind once, attributes again and again", () => {
  expect(addable(conditionsOf(WHOLE))).toEqual(["attribute"]);
});
