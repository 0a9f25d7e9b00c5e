import { expect, it } from "vitest";
import type { Schemas } from "../../api/client";
import { placed, renewed, without } from "./place";

type Ticket = Schemas["TicketView"];

function ticket(id: string, more: Partial<Ticket> = {}): Ticket {
  const plain = { id, agentId: "", status: "new", priority: "normal", reopened: false, inLineSince: id.slice(1) };
  return { ...plain, inLineSince: `2026-11-22T10:0${id.slice(1)}:00Z`, ...more } as Ticket;
}

const ids = (pages: { items: { id: string }[] }[]) => pages.map((page) => page.items.map((each) => each.id).join(" "));
const page = (next: string | null, ...items: Ticket[]) => ({ items, next });
const ALL = { view: "all", me: "me" } as const;
const WAITING = { view: "unassigned", me: "me" } as const;
const MINE = { view: "mine", me: "me" } as const;

it("a new ticket stands in front of the older ones", () => {
  expect(ids(placed([page(null, ticket("t2"), ticket("t1"))], ticket("t3"), ALL))).toEqual(["t3 t2 t1"]);
});

it("a changed ticket stays where it is", () => {
  const pages = placed(
    [page("x", ticket("t3"), ticket("t2")), page(null, ticket("t1"))],
    ticket("t2", { preview: "Hi" }),
    ALL,
  );
  expect(ids(pages)).toEqual(["t3 t2", "t1"]);
  expect(pages[0]?.items[1]?.preview).toBe("Hi");
});

it("waiting tickets stand in the order in which they are served", () => {
  const pages = [page(null, ticket("t1"), ticket("t4"))];
  expect(ids(placed(pages, ticket("t2"), WAITING))).toEqual(["t1 t2 t4"]);
  expect(ids(placed(pages, ticket("t5", { priority: "urgent" }), WAITING))).toEqual(["t5 t1 t4"]);
  expect(ids(placed(pages, ticket("t5", { reopened: true }), WAITING))).toEqual(["t5 t1 t4"]);
  expect(ids(placed(pages, ticket("t4", { priority: "high" }), WAITING))).toEqual(["t4 t1"]);
});

it("a ticket that was taken leaves those waiting and stands among mine when I took it", () => {
  const taken = ticket("t1", { agentId: "me", status: "open" });
  expect(ids(placed([page(null, ticket("t1"))], taken, WAITING))).toEqual([""]);
  expect(ids(placed([page(null)], taken, MINE))).toEqual(["t1"]);
  expect(ids(placed([page(null, taken)], { ...taken, agentId: "you" }, MINE))).toEqual([""]);
});

it("a ticket that is put off stands apart until its time", () => {
  const later = ticket("t1", { agentId: "me", status: "open", snoozedUntil: "2026-11-23T09:00:00Z" });
  expect(ids(placed([page(null, ticket("t1", { agentId: "me", status: "open" }))], later, MINE))).toEqual([""]);
  expect(ids(placed([page(null)], later, { view: "snoozed", me: "me" }))).toEqual(["t1"]);
});

it("a list of one status holds only that", () => {
  const list = { ...ALL, status: "open" } as const;
  expect(ids(placed([page(null)], ticket("t1"), list))).toEqual([""]);
  expect(ids(placed([page(null)], ticket("t1", { status: "open" }), list))).toEqual(["t1"]);
});

it("what lies behind the loaded pages comes with its page", () => {
  expect(ids(placed([page("more", ticket("t9"))], ticket("t1"), ALL))).toEqual(["t9"]);
});

it("a ticket that is gone is gone from every page, and a list without it is left as it is", () => {
  const pages = [page("x", ticket("t2")), page(null, ticket("t1"))];
  expect(ids(without(pages, "t1"))).toEqual(["t2", ""]);
  expect(without(pages, "t7")).toBe(pages);
});

it("a thread gets what is new in front and renews what it knows", () => {
  const pages = [
    { items: [{ id: "b", s: 1 }], next: "x" },
    { items: [{ id: "a", s: 1 }], next: null },
  ];
  const newest = {
    items: [
      { id: "c", s: 1 },
      { id: "b", s: 2 },
    ],
    next: "y",
  };
  expect(renewed(pages, newest)).toEqual([
    {
      items: [
        { id: "c", s: 1 },
        { id: "b", s: 2 },
      ],
      next: "x",
    },
    { items: [{ id: "a", s: 1 }], next: null },
  ]);
});

it("a thread that fell far behind starts again from the newest", () => {
  const newest = { items: [{ id: "z" }], next: "y" };
  expect(renewed([{ items: [{ id: "a" }], next: "" }], newest)).toEqual([newest]);
});
