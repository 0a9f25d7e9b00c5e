import { describe, expect, it } from "vitest";
import { wayIntoSight } from "./inSight";

const room = { left: 0, top: 100, right: 800, bottom: 600 };
const block = (left: number, top: number, width = 200, height = 100) => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
});

describe("a block that was chosen", () => {
  it.each([
    ["stays when it is seen whole", block(10, 110), { x: 0, y: 0 }],
    ["comes in from the right", block(900, 200), { x: -300, y: 0 }],
    ["comes in from the left and from under the palette", block(-50, 40), { x: 50, y: 60 }],
    ["comes up from below", block(10, 580), { x: 0, y: -80 }],
    ["shows its start when it is larger than the room", block(100, 200, 1000, 900), { x: -100, y: -100 }],
  ])("%s", (_name, where, way) => {
    expect(wayIntoSight(where, room)).toEqual(way);
  });
});
