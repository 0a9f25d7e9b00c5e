import { expect, it } from "vitest";
import { difference, isSame } from "./difference";
import type { Workflow } from "./document";

const BEFORE: Workflow = {
  trigger: "keyword",
  definition: {
    name: "A",
    steps: [
      { id: "a", stepType: "ChatAppsMessage", inputs: { content: { text: "Hi" } } },
      { id: "b", stepType: "Wait" },
    ],
  },
};

it("tells which steps came, went and changed, and what changed outside them", () => {
  const after: Workflow = {
    trigger: "keyword",
    definition: {
      name: "B",
      steps: [
        { id: "c", stepType: "Wait" },
        { id: "a", stepType: "ChatAppsMessage", inputs: { content: { text: "Hello" } } },
      ],
    },
  };
  expect(difference(BEFORE, after)).toEqual({
    added: ["c"],
    removed: ["b"],
    changed: [{ step: "a", changes: [{ path: "inputs/content/text", before: "Hi", after: "Hello" }] }],
    document: [
      { path: "name", before: "A", after: "B" },
      { path: "first", before: "a", after: "c" },
    ],
  });
});

it("does not count where blocks stand", () => {
  const moved = { ...BEFORE, definition: { ...BEFORE.definition, layout: { a: { x: 1, y: 1 } } } };
  expect(isSame(difference(BEFORE, moved))).toBe(true);
});
