import { expect, it } from "vitest";
import { delimiterOf, parseCsv } from "./csv";

it("reads quotes, commas and line ends inside quotes", () => {
  expect(parseCsv('line,reason\r\n2,"a ""b"", c"\r\n3,"two\nlines"\r\n')).toEqual([
    ["line", "reason"],
    ["2", 'a "b", c'],
    ["3", "two\nlines"],
  ]);
});

it("reads no more rows than asked for, and a last line without an end", () => {
  expect(parseCsv("a\nb\nc", 2)).toEqual([["a"], ["b"]]);
  expect(parseCsv("a,b")).toEqual([["a", "b"]]);
});

it("knows what separates the cells", () => {
  expect(delimiterOf("a;b;c,d\n1,2,3,4")).toBe(";");
  expect(delimiterOf("Mobile")).toBe(",");
  expect(parseCsv("a;b", 1, ";")).toEqual([["a", "b"]]);
});
