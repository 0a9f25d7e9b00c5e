import { expect, it } from "vitest";
import { toCanvas } from "./canvas";
import { goneAlong, marksOf } from "./route";

const CANVAS = toCanvas({
  trigger: "keyword",
  definition: {
    name: "Loop",
    steps: [
      { id: "ask", stepType: "WaitForReply", selectNextStep: { again: "{{data.x}}", bye: null } },
      { id: "again", stepType: "SetData", nextStepId: "ask" },
      { id: "bye", stepType: "ChatAppsMessage" },
    ],
  },
});
const line = (step: string, next: string[], status = "Complete") => ({ step, status, next });

it("a run's lines are counted, from the trigger on", () => {
  const lines = [line("ask", ["again"]), line("again", ["ask"]), line("ask", ["again"]), line("again", ["ask"])];
  expect(goneAlong(CANVAS, lines)).toEqual({ "@trigger/next": 1, "ask/to:again": 2, "again/next": 2 });
});

it("a step that stands still again is where the run is", () => {
  const lines = [line("ask", ["again"]), line("again", ["ask"])];
  expect(marksOf(CANVAS, lines, ["ask"])).toEqual({ ask: "here", again: "done" });
  expect(marksOf(CANVAS, [line("ask", [], "WaitingForEvent")])).toEqual({ ask: "here" });
});

it("a failed step is marked, and nothing is lit before anything ran", () => {
  expect(marksOf(CANVAS, [{ ...line("bye", []), error: "no" }])).toEqual({ bye: "failed" });
  expect(goneAlong(CANVAS, [])).toEqual({});
});
