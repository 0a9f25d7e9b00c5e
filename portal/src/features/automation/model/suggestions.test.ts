import { describe, expect, it } from "vitest";
import { toCanvas } from "./canvas";
import { completed, fitting, spotAt, suggestions } from "./suggestions";

const SOURCES = { trigger: "trigger", step: (id: string) => `step ${id}`, result: "result" };
const WHOLE = toCanvas({
  trigger: "keyword",
  definition: {
    name: "Test",
    steps: [
      {
        id: "ask",
        stepType: "WaitForReply",
        outputs: { choice: "{{step.reply.payload.content.text}}" },
        nextStepId: "set",
      },
      { id: "set", stepType: "SetData", inputs: { values: { price: 3 } }, nextStepId: "send" },
      { id: "send", stepType: "ChatAppsMessage", nextStepId: "later" },
      { id: "later", stepType: "HttpRequest", outputs: { slots: "{{step.responseBody}}" } },
    ],
  },
});
const UUID = { name: "uuid", description: "Makes an id.", example: "uuid()", parameters: [] };

function texts(key: string): string[] {
  return suggestions(WHOLE, key, { HttpRequest: ["responseCode"] }, [UUID], SOURCES).map((each) => each.text);
}

describe("what a script may name", () => {
  it("is what earlier steps and the trigger leave, and the functions", () => {
    expect(texts("send").slice(0, 3)).toEqual(["data.price", "data.choice", "data.payload.content.text"]);
    expect(texts("send")).toContain("uuid()");
    expect(texts("send")).not.toContain("data.slots");
  });

  it("has what the step itself answers", () => {
    expect(texts("later")).toContain("step.responseCode");
    expect(texts("ask")).toContain("step.reply.payload.content.text");
  });
});

describe("typing", () => {
  it("begins after the braces", () => {
    expect(spotAt("Hello {{data.na", 15)).toEqual({ typed: "data.na", start: 8, inside: true });
    expect(spotAt("Hello {{a}} and", 15)).toBeUndefined();
    expect(spotAt("data.x == ", 10, true)?.typed).toBe("");
  });

  it("finds what begins so before what has it somewhere", () => {
    const found = fitting(
      ["data.username", "data.payload.user.name", "name.of"].map((text) => ({
        text,
        kind: "data" as const,
        about: "",
      })),
      "name",
    );
    expect(found.map((each) => each.text)).toEqual(["name.of", "data.payload.user.name", "data.username"]);
  });

  it.each([
    ["Hello {{da", 10, "data.x", false, "Hello {{data.x}}", 16],
    ["Hello {{da}}!", 10, "data.x", false, "Hello {{data.x}}!", 14],
    ["Hello ", 6, "data.x", false, "Hello {{data.x}}", 16],
    ["{{no", 4, "f(a, b)", false, "{{f(a, b)}}", 4],
    ["", 0, "now()", false, "{{now()}}", 9],
    ["data.a == da", 12, "data.b", true, "data.a == data.b", 16],
  ])("is completed: %s", (text, caret, chosen, bare, wanted, at) => {
    expect(completed(text, caret, chosen, bare)).toEqual({ text: wanted, caret: at });
  });
});
