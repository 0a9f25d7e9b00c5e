import { describe, expect, it } from "vitest";
import type { Template } from "../../../ui/templates";
import {
  asName,
  componentsOf,
  type Draft,
  EMPTY,
  fromTemplate,
  newButton,
  nextVariable,
  placed,
  toSketch,
} from "./draft";

const draft = (change: Partial<Draft>): Draft => ({ ...EMPTY, ...change });
const template = (parts: object[], change: Partial<Template> = {}) =>
  ({
    name: "t",
    language: "en",
    category: "UTILITY",
    components: parts,
    parameterFormat: "POSITIONAL",
    ...change,
  }) as unknown as Template;

describe("a draft as Meta writes it", () => {
  it("numbers its variables' samples in the order of the numbers", () => {
    const { components } = componentsOf(draft({ body: "On {{2}}, {{1}}!", samples: { 1: "Ann", 2: "Monday" } }));
    expect(components).toEqual([
      { type: "BODY", text: "On {{2}}, {{1}}!", example: { body_text: [["Ann", "Monday"]] } },
    ]);
  });

  it("takes variables with names as such", () => {
    const sketch = toSketch(draft({ body: "Hi {{name}}.", samples: { name: "Ann" } }));
    expect(sketch.parameterFormat).toBe("NAMED");
    expect(sketch.components[0]).toMatchObject({
      example: { body_text_named_params: [{ param_name: "name", example: "Ann" }] },
    });
  });

  it("writes each kind of button in its own words", () => {
    const buttons = [
      { ...newButton("URL"), text: "Track", value: "https://shop.example/{{1}}", example: "42" },
      { ...newButton("PHONE_NUMBER"), text: "Call", value: "+6560000000" },
      { ...newButton("COPY_CODE"), value: "SAVE10" },
    ];
    expect(componentsOf(draft({ body: "x", buttons })).components[1]).toEqual({
      type: "BUTTONS",
      buttons: [
        { type: "URL", text: "Track", url: "https://shop.example/{{1}}", example: ["42"] },
        { type: "PHONE_NUMBER", text: "Call", phone_number: "+6560000000" },
        { type: "COPY_CODE", example: ["SAVE10"] },
      ],
    });
  });

  it("an offer has no footer and is marketing, an authentication template no text of ours", () => {
    const offer = toSketch(draft({ kind: "offer", body: "x", footer: "f", offerText: "Ends soon" }));
    expect(offer.category).toBe("MARKETING");
    expect(offer.components.map((each) => each.type)).toEqual(["LIMITED_TIME_OFFER", "BODY"]);
    const code = toSketch(draft({ kind: "authentication", body: "ignored" }));
    expect([code.category, code.components[0]]).toEqual([
      "AUTHENTICATION",
      { type: "BODY", add_security_recommendation: true },
    ]);
  });
});

it("a copy of a template writes the same components again", () => {
  const parts = [
    { type: "HEADER", format: "TEXT", text: "Hi {{1}}", example: { header_text: ["Ann"] } },
    { type: "BODY", text: "Order {{1}} left.", example: { body_text: [["7"]] } },
    { type: "FOOTER", text: "Bye" },
    { type: "BUTTONS", buttons: [{ type: "QUICK_REPLY", text: "Thanks" }] },
  ];
  expect(componentsOf(fromTemplate(template(parts))).components).toEqual(parts);
});

it("a copy of a carousel keeps its cards", () => {
  const card = (text: string) => ({
    components: [
      { type: "HEADER", format: "VIDEO" },
      { type: "BODY", text },
      { type: "BUTTONS", buttons: [{ type: "QUICK_REPLY", text: "Buy" }] },
    ],
  });
  const parts = [
    { type: "BODY", text: "Look" },
    { type: "CAROUSEL", cards: [card("one"), card("two")] },
  ];
  expect(componentsOf(fromTemplate(template(parts))).components).toEqual(parts);
});

it("a problem stands where its cause is", () => {
  const { sections } = componentsOf(
    draft({ header: "text", body: "x", buttons: [newButton("URL"), newButton("URL")] }),
  );
  const problem = (field: string) => ({ field, message: field, warning: false });
  const fields = [
    "name",
    "components",
    "components.0.text",
    "components.0.example.header_handle",
    "components.1.text",
    "components.1.example.body_text",
    "components.2.buttons",
    "components.2.buttons.1.url",
  ];
  expect([...placed(fields.map(problem), sections)].map(([place, all]) => [place, all[0]?.field])).toEqual([
    ["name", "name"],
    ["whole", "components"],
    ["header", "components.0.text"],
    ["headerSample", "components.0.example.header_handle"],
    ["body", "components.1.text"],
    ["samples", "components.1.example.body_text"],
    ["buttons", "components.2.buttons"],
    ["button.1", "components.2.buttons.1.url"],
  ]);
});

it("names and the next variable are what Meta takes", () => {
  expect(asName("Order Shipped!")).toBe("order_shipped_");
  expect(nextVariable("{{1}} and {{3}}")).toBe("4");
  expect(nextVariable("{{name}}")).toBe("1");
});
