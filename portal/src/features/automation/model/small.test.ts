import { describe, expect, it } from "vitest";
import { parse, seconds, write } from "./durations";
import { begin, change, redo, undo } from "./history";

describe("durations", () => {
  it.each([
    ["00:02:00", { amount: 2, unit: "minutes" }],
    ["1.6:30:15", { amount: 109_815, unit: "seconds" }],
    ["2", { amount: 2, unit: "days" }],
    ["1.00:00:00", { amount: 1, unit: "days" }],
    ["0.24:00:00", undefined],
    ["{{data.wait}}", undefined],
  ])("%s is read", (text, wanted) => {
    expect(parse(text)).toEqual(wanted);
  });

  it.each(["0.00:00:30", "0.01:30:00", "400.00:00:00"])("%s is written as it was read", (text) => {
    const found = parse(text);
    expect(found && write(found)).toBe(text);
    expect(found && seconds(write(found))).toBe(seconds(text));
  });
});

describe("undo", () => {
  it("goes back and forth, and forgets what was undone when one goes on", () => {
    const three = change(change(begin("a"), "b"), "c");
    expect(undo(three).present).toBe("b");
    expect(redo(undo(three)).present).toBe("c");
    expect(redo(change(undo(three), "d")).present).toBe("d");
  });

  it("takes typing in one field as one change", () => {
    const typed = change(change(change(begin(""), "h", "text"), "he", "text"), "x", "other");
    expect(undo(typed).present).toBe("he");
    expect(undo(undo(typed)).present).toBe("");
  });
});
