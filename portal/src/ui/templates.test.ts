import { describe, expect, it } from "vitest";
import { isFillable, shown, slotsOf, type Template, toMessage } from "./templates";

function template(components: unknown[], parameterFormat = "POSITIONAL"): Template {
  return {
    wabaId: "1",
    id: "1",
    name: "open_day",
    language: "en",
    status: "APPROVED",
    category: "MARKETING",
    quality: "GREEN",
    reason: "",
    parameterFormat,
    components: components as Template["components"],
    messageSendTtlSeconds: null,
    syncedAt: "2026-11-21T10:00:00Z",
  };
}

const OPEN_DAY = template([
  { type: "HEADER", format: "IMAGE" },
  { type: "BODY", text: "Hi {{1}}, see you on {{2}}. Bye, {{1}}.", example: { body_text: [["Asha", "Saturday"]] } },
  { type: "FOOTER", text: "Reply STOP to opt out" },
  {
    type: "BUTTONS",
    buttons: [
      { type: "QUICK_REPLY", text: "Yes" },
      { type: "URL", text: "Details", url: "https://example.com/{{1}}", example: ["visit"] },
    ],
  },
]);
const VALUES = { "header.file": "https://example.com/a.jpg", "body.1": "Rohit", "body.2": "Sunday", "button.1": "day" };

describe("a template", () => {
  it("has one slot for each variable, with Meta's example", () => {
    expect(slotsOf(OPEN_DAY).map(({ id, kind, example }) => [id, kind, example])).toEqual([
      ["header.file", "image", ""],
      ["body.1", "text", "Asha"],
      ["body.2", "text", "Saturday"],
      ["button.1", "text", "visit"],
    ]);
  });

  it("shows what the customer will read, and the variable where a value is missing", () => {
    expect(shown(OPEN_DAY, VALUES).body).toBe("Hi Rohit, see you on Sunday. Bye, Rohit.");
    expect(shown(OPEN_DAY, {}).body).toBe("Hi {{1}}, see you on {{2}}. Bye, {{1}}.");
    expect(shown(OPEN_DAY, {}).buttons.map((button) => button.text)).toEqual(["Yes", "Details"]);
  });

  it("becomes a message in WhatsApp's notation", () => {
    expect(toMessage(OPEN_DAY, VALUES)).toEqual({
      type: "template",
      template: {
        name: "open_day",
        language: { code: "en" },
        components: [
          { type: "header", parameters: [{ type: "image", image: { link: "https://example.com/a.jpg" } }] },
          {
            type: "body",
            parameters: [
              { type: "text", text: "Rohit" },
              { type: "text", text: "Sunday" },
            ],
          },
          { type: "button", sub_type: "url", index: "1", parameters: [{ type: "text", text: "day" }] },
        ],
      },
    });
  });

  it("sends names with named variables", () => {
    const named = template([{ type: "BODY", text: "Hi {{first_name}}" }], "NAMED");
    expect(toMessage(named, { "body.first_name": "Asha" }).template.components).toEqual([
      { type: "body", parameters: [{ type: "text", text: "Asha", parameter_name: "first_name" }] },
    ]);
  });

  it("without variables is sent without components", () => {
    expect(toMessage(template([{ type: "BODY", text: "Hello" }]), {}).template).not.toHaveProperty("components");
  });

  it("with parts this page cannot fill is not offered", () => {
    expect(isFillable(OPEN_DAY)).toBe(true);
    expect(isFillable(template([{ type: "BODY", text: "Hi" }, { type: "CAROUSEL" }]))).toBe(false);
    expect(isFillable(template([{ type: "BUTTONS", buttons: [{ type: "FLOW", text: "Start" }] }]))).toBe(false);
  });
});
