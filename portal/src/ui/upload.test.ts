import { expect, it } from "vitest";
import { wrongWith } from "./upload";

it("says what is wrong with a file before sending it", () => {
  expect(wrongWith({ name: "a.CSV", size: 5 })).toBeUndefined();
  expect(wrongWith({ name: "a.pdf", size: 5 })).toBe("type");
  expect(wrongWith({ name: "csv", size: 5 })).toBe("type");
  expect(wrongWith({ name: "a.xlsx", size: 0 })).toBe("empty");
  expect(wrongWith({ name: "a.csv", size: 40 * 1024 * 1024 })).toBe("size");
});
