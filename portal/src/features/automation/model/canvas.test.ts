import { describe, expect, it } from "vitest";
import { innerKeys, toCanvas, toDocument } from "./canvas";
import { unreadable, type Workflow } from "./document";
import { edgesOf } from "./ways";

const FILES = import.meta.glob<string>(
  [
    "../../../../../chalicelib/automation/gallery/*.json",
    "../../../../../tests/data/workflows/*.json",
    "../../../../../../shared/examples/workflows/*.json",
  ],
  { query: "?raw", import: "default", eager: true },
);
const EXAMPLES = Object.entries(FILES)
  .map(([path, text]) => ({ name: path.slice(path.lastIndexOf("/") + 1), document: JSON.parse(text) as Workflow }))
  .filter(({ document }) => unreadable(document) === undefined);

describe("the canvas", () => {
  it("finds examples to prove itself on", () => {
    expect(EXAMPLES.length).toBeGreaterThanOrEqual(8);
  });

  it.each(EXAMPLES)("gives $name back byte for byte", ({ document }) => {
    const before = JSON.stringify(document, null, 2);
    expect(JSON.stringify(toDocument(toCanvas(document)), null, 2)).toBe(before);
  });

  it.each(EXAMPLES)("draws each way of $name that leads to a step", ({ document }) => {
    const canvas = toCanvas(document);
    const ids = new Set(canvas.steps.map(({ step }) => step.id));
    const named = canvas.steps.flatMap(({ step }) => [
      ...Object.keys(step.selectNextStep ?? {}),
      ...(step.nextStepId ? [step.nextStepId] : []),
      ...(step.onError?.nextStepId ? [step.onError.nextStepId] : []),
    ]);
    const inner = canvas.steps.filter(({ step }) => step.do?.[0]?.length).length;
    expect(edgesOf(canvas)).toHaveLength(named.filter((id) => ids.has(id)).length + inner + 1);
  });

  it("has the steps inside an If beside it", () => {
    const canvas = toCanvas({
      trigger: "inbound_chat_apps",
      definition: {
        name: "Ifs",
        steps: [
          { id: "a", stepType: "If", do: [[{ id: "b", stepType: "If", do: [[{ id: "c", stepType: "Wait" }]] }]] },
          { id: "d", stepType: "Wait" },
        ],
      },
    });
    expect(canvas.steps.map((each) => each.key)).toEqual(["a", "b", "c", "d"]);
    expect([...innerKeys(canvas.steps)]).toEqual([
      ["b", "a"],
      ["c", "b"],
    ]);
  });

  it("keeps two steps of one id apart", () => {
    const steps = [
      { id: "a", stepType: "Wait" },
      { id: "a", stepType: "Branch" },
    ];
    const document: Workflow = { trigger: "keyword", definition: { name: "Twice", steps } };
    expect(toCanvas(document).steps.map((each) => each.key)).toEqual(["a", "a#2"]);
    expect(toDocument(toCanvas(document))).toEqual(document);
  });
});

describe("what cannot be drawn", () => {
  it.each([
    [[], "a workflow is a JSON object"],
    [{ trigger: 1 }, "trigger must be a text"],
    [{ trigger: "keyword", definition: { name: "A", steps: [{}] } }, "definition.steps[0].id must be a text"],
    [
      { trigger: "keyword", definition: { name: "A", steps: [{ id: "a", stepType: "If", do: [[{ id: "b" }]] }] } },
      "definition.steps[0].do[0][0].stepType must be a text",
    ],
  ])("is named: %j", (value, reason) => {
    expect(unreadable(value)).toBe(reason);
  });
});
