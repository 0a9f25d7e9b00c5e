import { expect, it } from "vitest";
import type { Slot } from "../data";
import { guess, missing, parameters } from "./bindings";

const slot = (id: string, text: string, kind: Slot["kind"] = "text"): Slot => ({
  id,
  kind,
  text,
  required: kind !== "payload",
  example: "",
  maxLength: 1024,
});
const VOUCHER = "Hello {{1}}, your voucher *{{2}}* is good for every plant.";
const FIELDS = ["FirstName", "LastName", "City", "Voucher", "ClientMessageId"];

it("takes the first name for the first place and the field that the words before a place name", () => {
  expect(guess([slot("body.1", VOUCHER), slot("body.2", VOUCHER)], FIELDS)).toEqual({
    "body.1": { field: "FirstName", default: "" },
    "body.2": { field: "Voucher", default: "" },
  });
});

it("takes the field with a named place's own name, however it is written", () => {
  expect(guess([slot("body.first_name", "Hi {{first_name}}")], FIELDS)).toEqual({
    "body.first_name": { field: "FirstName", default: "" },
  });
});

it("leaves what it cannot know to the person", () => {
  const slots = [
    slot("body.3", "Order {{3}}"),
    slot("header.media", "", "image"),
    slot("button.0.payload", "", "payload"),
  ];
  expect(guess(slots, FIELDS)).toEqual({});
  expect(missing(slots, {}).map((each) => each.id)).toEqual(["body.3", "header.media"]);
});

it("keeps only what is filled", () => {
  const slots = [slot("body.1", VOUCHER), slot("body.2", VOUCHER)];
  expect(parameters(slots, { "body.1": { value: " " }, "body.2": { value: "x" }, other: { value: "y" } })).toEqual({
    "body.2": { value: "x" },
  });
});
