import { expect, it } from "vitest";
import { guess, hasAddress } from "./columns";

it("knows a column by its name, each field once, and keeps the others as attributes", () => {
  expect(guess(["Phone Number", "First name", "Mobile", "Shoe, size", ""])).toEqual([
    "msisdn",
    "firstName",
    "Mobile",
    "Shoe  size",
    "",
  ]);
});

it("needs somewhere to reach people", () => {
  expect(hasAddress(["firstName"])).toBe(false);
  expect(hasAddress(["firstName", "msisdn"])).toBe(true);
});
