import { expect, it } from "vitest";
import { shiftsOf, weekOf } from "../../ui/week";
import { draftOf, inOrder, LAST, moved, type Queue, renumbered } from "./order";
import { conditionsOf } from "./rules";

const queue = (name: string, priority: number) => ({ id: name, name, priority, version: 1 }) as Queue;
const QUEUES = [queue("a", 10), queue("b", 20), queue("c", 30), queue("default", LAST)];
const names = (queues: Queue[]) => queues.map((each) => each.name).join(" ");
const after = (queues: Queue[]) => {
  const changes = new Map(renumbered(queues).map(({ queue: each, priority }) => [each.id, priority]));
  return inOrder(queues.map((each) => ({ ...each, priority: changes.get(each.id) ?? each.priority })));
};

it("the default queue stays last, whatever is moved", () => {
  expect(names(moved(QUEUES, 0, 2))).toBe("b c a default");
  expect(names(moved(QUEUES, 2, 0))).toBe("c a b default");
  expect(moved(QUEUES, 2, 3)).toBe(QUEUES);
  expect(moved(QUEUES, 0, -1)).toBe(QUEUES);
});

it("numbers written give exactly the order seen, for every move", () => {
  for (let from = 0; from < 3; from++)
    for (let to = 0; to < 3; to++) {
      const wanted = moved(QUEUES, from, to);
      expect(names(after(wanted))).toBe(names(wanted));
    }
});

it("queues with the same number are told apart when one is moved", () => {
  const wanted = moved([queue("a", 1), queue("b", 1), queue("c", 1)], 2, 0);
  expect(names(after(wanted))).toBe("c a b");
});

it("writes nothing when nothing moved", () => {
  expect(renumbered(QUEUES)).toEqual([]);
});

it("sends back settings, not what the server keeps about them", () => {
  expect(Object.keys(draftOf(queue("a", 10)))).toEqual(["name", "priority"]);
});

it("hours: a day nobody touched keeps its two shifts, a changed one gets what was typed", () => {
  const shifts = [
    { day: 0, opens: "08:00:00", closes: "12:00:00" },
    { day: 0, opens: "13:00:00", closes: "17:00:00" },
    { day: 1, opens: "09:00:00", closes: "17:00:00" },
  ];
  const week = weekOf(shifts);
  expect(week.slice(0, 3)).toEqual([
    { opens: "08:00", closes: "17:00" },
    { opens: "09:00", closes: "17:00" },
    { opens: "", closes: "" },
  ]);
  expect(shiftsOf(week.with(1, { opens: "10:00", closes: "16:00" }), shifts)).toEqual([
    shifts[0],
    shifts[1],
    { day: 1, opens: "10:00", closes: "16:00" },
  ]);
});

it("conditions without values are none, and kinds this page does not know stay", () => {
  const kept = [{ type: "channel_type", values: ["whatsapp"] }] as Queue["conditions"];
  expect(conditionsOf({ channel: [], country: ["DE"], customer_group: [] }, kept)).toEqual([
    { type: "channel_type", values: ["whatsapp"] },
    { type: "country", values: ["DE"] },
  ]);
});
