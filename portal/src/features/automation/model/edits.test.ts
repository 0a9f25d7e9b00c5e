import { describe, expect, it } from "vitest";
import { type Canvas, toCanvas, toDocument } from "./canvas";
import type { Step } from "./document";
import { add, addChoice, chooseByCondition, connect, disconnect, insert, paste, remove, rename } from "./edits";
import { edgesOf, REPLIED, SILENT, TRIGGER } from "./ways";

function canvas(...steps: Step[]): Canvas {
  return toCanvas({ trigger: "inbound_chat_apps", definition: { name: "Test", steps } });
}

function steps(changed: Canvas | undefined): Step[] {
  return changed ? toDocument(changed).definition.steps : [];
}

const a: Step = { id: "a", stepType: "SetData", nextStepId: "b" };
const b: Step = { id: "b", stepType: "SetData", nextStepId: "c" };
const c: Step = { id: "c", stepType: "SetData" };
const choice: Step = { id: "choice", stepType: "Branch", selectNextStep: { a: "{{data.x}}", b: null } };
const wait: Step = { id: "wait", stepType: "WaitForReply" };

describe("connecting", () => {
  it("leads one way on", () => {
    expect(steps(connect(canvas(a, b, c), "c", "next", "a"))[2]).toEqual({ ...c, nextStepId: "a" });
  });

  it("keeps a choice's condition and its place", () => {
    expect(steps(connect(canvas(choice, a, b, c), "choice", "to:a", "c"))[0]?.selectNextStep).toEqual({
      c: "{{data.x}}",
      b: null,
    });
  });

  it("refuses a second condition that leads to the same step", () => {
    expect(connect(canvas(choice, a, b), "choice", "to:a", "b")).toBeUndefined();
  });

  it("writes down what a reply and silence mean", () => {
    const both = connect(connect(canvas(wait, a, b), "wait", "replied", "a") as Canvas, "wait", "silent", "b");
    expect(steps(both)[0]?.selectNextStep).toEqual({ a: REPLIED, b: SILENT });
  });

  it("from the trigger makes a step the first", () => {
    expect(steps(connect(canvas(a, b, c), TRIGGER, "next", "b")).map((step) => step.id)).toEqual(["b", "a", "c"]);
  });

  it("into an If puts a step inside it", () => {
    const check: Step = { id: "check", stepType: "If", inputs: { condition: "{{true}}" } };
    expect(steps(connect(canvas(check, c), "check", "inner", "c"))).toEqual([{ ...check, do: [[c]] }]);
  });

  it("never puts an If into itself", () => {
    const inner: Step = { id: "inner", stepType: "If" };
    const outer: Step = { id: "outer", stepType: "If", do: [[inner]] };
    expect(connect(canvas(outer), "inner", "inner", "outer")).toBeUndefined();
  });
});

describe("disconnecting", () => {
  it("takes the way away", () => {
    expect(steps(disconnect(canvas(a, b, c), "a", "next"))[0]).toEqual({ id: "a", stepType: "SetData" });
  });

  it("keeps the condition of a choice", () => {
    expect(steps(disconnect(canvas(choice, a, b), "choice", "to:a"))[0]?.selectNextStep).toEqual({
      not_connected: "{{data.x}}",
      b: null,
    });
  });
});

describe("a step on an edge", () => {
  it("stands between the two", () => {
    const whole = canvas(a, b, c);
    const edge = edgesOf(whole).find((each) => each.id === "a/next");
    if (!edge) throw new Error("no edge");
    const changed = insert(whole, edge, { id: "new", stepType: "WaitForReply" }, { x: 0, y: 0 });
    expect(edgesOf(changed).map((each) => `${each.id}>${each.target}`)).toEqual([
      "@trigger/next>a",
      "a/next>new",
      "b/next>c",
      "new/to:b>b",
    ]);
  });

  it("from the trigger is the first of all", () => {
    const whole = canvas(a, b, c);
    const changed = insert(whole, edgesOf(whole)[0] as never, { id: "new", stepType: "SetData" }, { x: 0, y: 0 });
    expect(steps(changed)[0]).toEqual({ id: "new", stepType: "SetData", nextStepId: "a" });
  });

  it("inside an If is inside it too", () => {
    const check: Step = { id: "check", stepType: "If", do: [[{ ...a, nextStepId: "b" }, b]] };
    const whole = canvas(check, c);
    const edge = edgesOf(whole).find((each) => each.id === "a/next");
    const changed = insert(whole, edge as never, { id: "new", stepType: "SetData" }, { x: 0, y: 0 });
    expect(steps(changed)[0]?.do?.[0]?.map((step) => step.id)).toEqual(["a", "new", "b"]);
  });
});

describe("removing", () => {
  it("a step joins what stood around it", () => {
    expect(steps(remove(canvas(a, b, c), ["b"]))[0]).toEqual({ ...a, nextStepId: "c" });
  });

  it("several steps in a row ends the path", () => {
    expect(steps(remove(canvas(a, b, c), ["b", "c"]))).toEqual([{ id: "a", stepType: "SetData" }]);
  });

  it("an If takes what is inside along", () => {
    const check: Step = { id: "check", stepType: "If", do: [[c]] };
    expect(steps(remove(canvas(a, check), ["check"])).map((step) => step.id)).toEqual(["a"]);
  });

  it("takes its place on the canvas along", () => {
    const whole = add(canvas(a), { id: "new", stepType: "Wait" }, { x: 1, y: 2 });
    expect(whole.frame.definition.layout).toEqual({ new: { x: 1, y: 2 } });
    expect(remove(whole, ["new"]).frame.definition.layout).toEqual({});
  });
});

it("a renamed step keeps what leads to it, and its place in an If", () => {
  const check: Step = { id: "check", stepType: "If", do: [[c]] };
  const onError = { retries: 1, nextStepId: "c" };
  const changed = rename(canvas({ ...choice, selectNextStep: { c: null } }, { ...b, onError }, check), "c", "d");
  expect(steps(changed)).toEqual([
    { ...choice, selectNextStep: { d: null } },
    { ...b, nextStepId: "d", onError: { retries: 1, nextStepId: "d" } },
    { ...check, do: [[{ ...c, id: "d" }]] },
  ]);
});

it("pasted steps lead to each other and not to the copied ones", () => {
  const whole = canvas(a, b, c);
  const [changed, keys] = paste(whole, whole.steps.slice(0, 2), { a: { x: 0, y: 0 } });
  expect(keys).toEqual(["a_2", "b_2"]);
  expect(steps(changed).slice(3)).toEqual([
    { id: "a_2", stepType: "SetData", nextStepId: "b_2" },
    { id: "b_2", stepType: "SetData" },
  ]);
});

it("a new condition stands before the one for otherwise", () => {
  expect(Object.keys(steps(addChoice(canvas(choice, a, b), "choice", "{{true}}"))[0]?.selectNextStep ?? {})).toEqual([
    "a",
    "not_connected",
    "b",
  ]);
});

it("one way on becomes otherwise, and the other way round", () => {
  const chosen = chooseByCondition(canvas(a, b, c), "a", true);
  expect(steps(chosen)[0]).toEqual({ id: "a", stepType: "SetData", selectNextStep: { b: null } });
  expect(steps(chooseByCondition(chosen, "a", false))[0]).toEqual(a);
});
