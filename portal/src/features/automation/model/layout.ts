/** Where steps stand when nobody has placed them: in columns, each right of what leads to it. */
import { type Canvas, type CanvasStep, layoutOf } from "./canvas";
import type { Position } from "./document";
import { edgesOf, TRIGGER, waysOf } from "./ways";

export const WIDTH = 232;
const COLUMN = WIDTH + 88;
const GAP = 36;

/** A step's height on the canvas, before it has been drawn. */
export function heightOf({ step }: CanvasStep): number {
  const ways = waysOf(step).length;
  return 92 + (ways > 1 ? ways * 28 : 0);
}

/** Positions of the trigger and every step, by key: what the document says, else a column layout. */
export function positions(canvas: Canvas): Record<string, Position> {
  const layout = layoutOf(canvas);
  const found: Record<string, Position> = {};
  for (const { key, step } of canvas.steps) {
    const at = layout[step.id];
    if (at && key === step.id) found[key] = at;
  }
  const rest = canvas.steps.filter((each) => !found[each.key]);
  if (rest.length > 0) Object.assign(found, rest.length === canvas.steps.length ? columns(canvas) : below(rest, found));
  const first = canvas.steps[0] && found[canvas.steps[0].key];
  found[TRIGGER] = layout[TRIGGER] ?? { x: (first?.x ?? COLUMN) - COLUMN, y: first?.y ?? 0 };
  return found;
}

function columns(canvas: Canvas): Record<string, Position> {
  const column = columnsOf(canvas);
  const bottoms = new Map<number, number>();
  const found: Record<string, Position> = {};
  for (const each of canvas.steps) {
    const at = column.get(each.key) ?? 0;
    const y = bottoms.get(at) ?? 0;
    bottoms.set(at, y + heightOf(each) + GAP);
    found[each.key] = { x: (at + 1) * COLUMN, y };
  }
  const tallest = Math.max(...bottoms.values());
  for (const [key, at] of column) {
    const here = found[key];
    if (here) here.y = Math.round(here.y + (tallest - (bottoms.get(at) ?? 0)) / 2);
  }
  return found;
}

/** The longest way to each step, not counting ways back. */
function columnsOf(canvas: Canvas): Map<string, number> {
  const edges = edgesOf(canvas).filter((edge) => edge.source !== TRIGGER);
  const column = new Map<string, number>();
  const visit = (key: string, depth: number, path: Set<string>) => {
    if (path.has(key) || (column.get(key) ?? -1) >= depth) return;
    column.set(key, depth);
    path.add(key);
    for (const edge of edges) if (edge.source === key) visit(edge.target, depth + 1, path);
    path.delete(key);
  };
  for (const { key } of canvas.steps) if (!column.has(key)) visit(key, 0, new Set());
  return column;
}

/** Steps without a place, in a row below the others. */
function below(steps: CanvasStep[], placed: Record<string, Position>): Record<string, Position> {
  const all = Object.values(placed);
  const y = Math.max(0, ...all.map((at) => at.y)) + 200;
  const x = Math.min(...all.map((at) => at.x));
  return Object.fromEntries(steps.map((each, index) => [each.key, { x: x + index * COLUMN, y }]));
}
