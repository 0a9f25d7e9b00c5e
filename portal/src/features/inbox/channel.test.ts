import { expect, it } from "vitest";
import { isOpenAt } from "./channel";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const at = (closesAt: string | null, open: boolean) => ({ channelType: "whatsapp", window: { closesAt, open } });

it("a window is open until its time, whatever was true when it was read", () => {
  expect(isOpenAt(at("2026-11-22T12:00:01Z", true), NOW)).toBe(true);
  expect(isOpenAt(at("2026-11-22T12:00:00Z", true), NOW)).toBe(false);
});

it("without a time it is as the server says: never opened, or a channel that has no window", () => {
  expect(isOpenAt(at(null, false), NOW)).toBe(false);
  expect(isOpenAt({ ...at(null, true), channelType: "webchat" }, NOW)).toBe(true);
});
