import { expect, it } from "vitest";
import { joined, rates } from "./curve";

it("keeps what a counter showed, once while it stands still", () => {
  const seen = [0, 1, 2, 3].reduce(
    (all, n) => joined(all, { at: n * 1000, sent: n === 0 ? 0 : 5 }),
    [] as { at: number; sent: number }[],
  );
  expect(seen).toEqual([
    { at: 0, sent: 0 },
    { at: 1000, sent: 5 },
    { at: 3000, sent: 5 },
  ]);
});

it("takes no step back in time or number", () => {
  const seen = [{ at: 1000, sent: 5 }];
  expect(joined(seen, { at: 1000, sent: 6 })).toBe(seen);
  expect(joined(seen, { at: 2000, sent: 4 })).toBe(seen);
});

it("says messages a minute between two looks", () => {
  expect(
    rates([
      { at: 0, sent: 0 },
      { at: 6000, sent: 12 },
    ]),
  ).toEqual([{ at: 6000, perMinute: 120 }]);
});
