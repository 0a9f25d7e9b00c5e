import { expect, it } from "vitest";
import { answering, asTest, bubblesOf, type Played } from "./play";

const text = (turn: number, words: string) => ({ turn, text: words, options: [], message: { type: "text" } });
const PLAYED: Played = { messages: [text(1, "Hello"), text(1, "Choose"), text(2, "Bye")], handedOver: true };

it("a chat has each answer after what it answers", () => {
  const chat = bubblesOf([{ customer: "Hi" }, { advance: "0.01:00:00" }], PLAYED);
  expect(chat.map((each) => ("text" in each ? each.text : each.side))).toEqual([
    "Hi",
    "Hello",
    "Choose",
    "system",
    "Bye",
  ]);
});

it("a play becomes a test that expects what the bot said", () => {
  expect(asTest("greeting", [{ customer: "Hi" }, { customer: { tap: "Bye" } }], PLAYED)).toEqual({
    name: "greeting",
    turns: [
      { customer: "Hi" },
      { bot: "Hello" },
      { bot: "Choose" },
      { customer: { tap: "Bye" } },
      { bot: "Bye" },
      { handedOver: true },
    ],
  });
});

it("a message without words is expected by its type", () => {
  const sticker: Played = {
    messages: [{ turn: 0, text: "", options: [], message: { type: "sticker" } }],
    handedOver: false,
  };
  expect(asTest("sticker", [], sticker, {}).turns).toEqual([{ bot: { type: "sticker" } }]);
});

it("a stub says only what differs from an empty 200", () => {
  const call = { method: "GET", url: "https://a.example/" };
  expect(answering(call, 200, null)).toEqual({ http: { ...call } });
  expect(answering(call, 404, { a: 1 })).toEqual({ http: { ...call, status: 404, reply: { a: 1 } } });
  expect(answering(call, 200, { a: 1 }, "timeout")).toEqual({ http: { ...call, fails: "timeout" } });
});
