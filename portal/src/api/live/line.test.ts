import { expect, it } from "vitest";
import { type Act, begin, type Change, type Happening, type Line, stateOf, step } from "./line";

const CHANGE: Change = { topic: "ticket", id: "t1", type: "ticket.assigned", at: "2026-11-22T10:00:00Z" };
const read = (cursor: string, changes: Change[] = [], more = false, reset = false): Happening => ({
  type: "read",
  cursor,
  changes,
  more,
  reset,
});
const ticked: Happening = { type: "ticked", visible: true };

/** The line after all this, and what it did on the way. */
function after(...happenings: Happening[]): { line: Line; acts: Act[]; last: Act[] } {
  let [line, acts] = begin("7", true, true);
  let last = acts;
  for (const each of happenings) {
    [line, last] = step(line, each);
    acts = [...acts, ...last];
  }
  return { line, acts, last };
}

const open: Happening[] = [{ type: "opened" }, read("7"), { type: "answered" }];
const ticks = (count: number) => Array.from({ length: count }, () => ticked);

it("opens a socket, catches up with the feed, and is live", () => {
  const { line, acts } = after(...open);
  expect(acts.map((act) => act.do)).toEqual(["open", "ping", "read"]);
  expect(stateOf(line)).toBe("live");
});

it("reads the feed at a hint, and tells what it says", () => {
  const { acts } = after(...open, { type: "hinted", cursor: "9" }, read("9", [CHANGE]));
  expect(acts.slice(3)).toEqual([{ do: "read" }, { do: "tell", changes: [CHANGE], everything: false }]);
});

it("a hint that comes twice, or late, asks for nothing", () => {
  expect(after(...open, { type: "hinted", cursor: "7" }).last).toEqual([]);
});

it("hints during a read become one more read", () => {
  const hints: Happening[] = [8, 9, 10].map((cursor) => ({ type: "hinted", cursor: String(cursor) }));
  const { acts, last } = after(...open, ...hints, read("8"));
  expect(acts.filter((act) => act.do === "read")).toHaveLength(3);
  expect(last).toEqual([{ do: "read" }]);
});

it("follows a feed that has more than one page", () => {
  expect(after(...open, { type: "hinted", cursor: "900" }, read("400", [CHANGE], true)).last).toEqual([
    { do: "tell", changes: [CHANGE], everything: false },
    { do: "read" },
  ]);
});

it("a cursor that is too old makes everything read afresh", () => {
  expect(after(...open, { type: "hinted", cursor: "9" }, read("9", [], false, true)).last).toEqual([
    { do: "tell", changes: [], everything: true },
  ]);
});

it("polls while the socket is away, and says so", () => {
  const { line, last } = after(...open, { type: "closed" }, ticked);
  expect(stateOf(line)).toBe("polling");
  expect(last).toEqual([{ do: "read" }]);
});

it("does not poll while the socket is there", () => {
  expect(after(...open, ...ticks(3)).last).toEqual([]);
});

it("looks into the feed once a minute all the same, for a hint that was lost", () => {
  const answered: Happening = { type: "answered" };
  const minute = Array.from({ length: 12 }, () => [ticked, answered]).flat();
  const { acts } = after(...open, ...minute);
  expect(acts.slice(3).map((act) => act.do)).toEqual(["ping", "ping", "ping", "read"]);
});

it("comes back later and later, and at once after it had worked", () => {
  const waits: number[] = [];
  let [line] = begin("7", true, true);
  for (let index = 0; index < 7; index++) {
    const [waiting, acts] = step(line, { type: "closed" });
    for (const act of acts) if (act.do === "wait") waits.push(act.most);
    [line] = step(waiting, { type: "waited" });
  }
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  for (const each of open) [line] = step(line, each);
  expect(step(line, { type: "closed" })[1]).toEqual([{ do: "wait", most: 1000 }]);
});

it("a server that accepts and drops at once is waited for longer and longer", () => {
  let [line] = begin("7", true, true);
  let last: Act[] = [];
  for (let index = 0; index < 3; index++) {
    for (const each of [{ type: "opened" }, read("7"), { type: "closed" }] as Happening[])
      [line, last] = step(line, each);
    [line] = step(line, { type: "waited" });
  }
  expect(last).toEqual([{ do: "wait", most: 4000 }]);
});

it("gives up a socket that no longer answers", () => {
  const { acts } = after(...open, ...ticks(12));
  expect(acts.slice(3).map((act) => act.do)).toEqual(["ping", "ping", "close", "wait"]);
});

it("is offline when the server does not answer, and back when it does", () => {
  const gone = after(...open, { type: "closed" }, ticked, { type: "readFailed" });
  expect(stateOf(gone.line)).toBe("offline");
  const [asking] = step(gone.line, ticked);
  const [back] = step(asking, read("7"));
  expect(stateOf(back)).toBe("polling");
});

it("asks for nothing without a network, and goes on at once when it is back", () => {
  const lost = after(...open, { type: "network", up: false }, { type: "closed" }, ticked);
  expect(stateOf(lost.line)).toBe("offline");
  expect(lost.last).toEqual([]);
  const [line, acts] = step(lost.line, { type: "network", up: true });
  expect(acts).toEqual([{ do: "open" }, { do: "read" }]);
  expect(line.socket).toBe("opening");
});

it("a page nobody looks at polls a third as often", () => {
  const hidden: Happening[] = Array.from({ length: 6 }, () => [{ type: "ticked", visible: false }, read("7")] as const)
    .flat()
    .map((each) => each as Happening);
  const { acts } = after(...open, { type: "closed" }, ...hidden);
  expect(acts.slice(4).filter((act) => act.do === "read")).toHaveLength(2);
});

it("without a socket to be had it polls from the start", () => {
  const [line, acts] = begin("7", false, true);
  expect(acts).toEqual([]);
  expect(step(line, ticked)[1]).toEqual([{ do: "read" }]);
});
