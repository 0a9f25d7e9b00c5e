import { describe, expect, it } from "vitest";
import { byTrouble, stateOf, troubles } from "./state";

const queue = (name: string, deadLetters: number, oldestSeconds: number | null) => ({
  name,
  deadLetters,
  oldestSeconds,
  waiting: 0,
  inHand: 0,
  delayed: 0,
  sendsBack: true,
});
const fn = (name: string, calls: number, errors = 0) => ({ name, calls, errors, throttles: 0 });

describe("a queue", () => {
  it("flows while nothing is parked and nothing is old", () => {
    expect(stateOf(queue("a", 0, null))).toBe("flows");
    expect(stateOf(queue("a", 0, 300))).toBe("flows");
  });

  it("is slow when its oldest message is older than five minutes, and parked when it has dead letters", () => {
    expect(stateOf(queue("a", 0, 301))).toBe("slow");
    expect(stateOf(queue("a", 1, 301))).toBe("parked");
  });
});

it("functions that fail stand first, then the busy ones", () => {
  const sorted = byTrouble([fn("idle", 0), fn("busy", 90), fn("failing", 3, 1)]);
  expect(sorted.map((each) => each.name)).toEqual(["failing", "busy", "idle"]);
});

it("sums up what is wrong; without CloudWatch functions are not said to fail", () => {
  const queues = [queue("a", 2, null), queue("b", 3, 900), queue("c", 0, 900)];
  expect(troubles(queues, [fn("x", 1, 1)])).toEqual({ parked: 5, slow: 1, failing: 1 });
  expect(troubles([], null)).toEqual({ parked: 0, slow: 0, failing: 0 });
});
