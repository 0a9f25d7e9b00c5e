import { expect, it } from "vitest";
import { fieldName, problemOf } from "./columns";

it("calls a column by its own name, as far as a field may be called that", () => {
  expect(fieldName(" Voucher (SGD)! ", 2)).toBe("Voucher SGD");
  expect(fieldName("2nd name", 2)).toBe("_2nd name");
  expect(fieldName("", 2)).toBe("Column3");
});

it("needs the numbers, and each field once", () => {
  expect(problemOf(["FirstName", null])).toEqual({ kind: "noMobile" });
  expect(problemOf(["Mobile", "City", "City"])).toEqual({ kind: "twice", name: "City" });
  expect(problemOf(["Mobile", null, null, "City"])).toBeUndefined();
});
