import { expect, it } from "vitest";
import { idsOf, keysOf } from "./news";

it("reads a thing once, however often it changed", () => {
  expect(idsOf([{ id: "c1" }, { id: "t1" }, { id: "c1" }])).toEqual(["c1", "t1"]);
});

it("reads the lists a thing may stand in, and the thing itself", () => {
  expect(keysOf("campaign", ["c1"])).toEqual([["campaigns"], ["campaign", "c1"]]);
});
