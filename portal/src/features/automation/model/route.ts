/** What a run has gone through, on the canvas: which steps, which lines. */
import { type Canvas, find } from "./canvas";
import { edgesOf, keysById, TRIGGER } from "./ways";

export interface Line {
  step: string;
  status: string;
  error?: string | null;
  /** Where the path went on. */
  next: string[];
}

export type RouteMark = "done" | "here" | "failed";

const STANDING = new Set(["Running", "Sleeping", "WaitingForEvent", "Pending"]);

/** How each step stands; the newest of its runs counts. */
export function marksOf(canvas: Canvas, lines: Line[], standing: string[] = []): Record<string, RouteMark> {
  const keys = keysById(canvas.steps);
  const marks: Record<string, RouteMark> = {};
  for (const { step, status, error } of lines) {
    const key = keys.get(step);
    if (key) marks[key] = error || status === "Failed" ? "failed" : STANDING.has(status) ? "here" : "done";
  }
  for (const step of standing) {
    const key = keys.get(step);
    if (key) marks[key] = "here";
  }
  return marks;
}

/** The lines somebody has gone along, and how often. */
export function goneAlong(canvas: Canvas, lines: Line[], standing: string[] = []): Record<string, number> {
  const keys = keysById(canvas.steps);
  const times = new Map<string, number>();
  for (const { step, next } of lines)
    for (const to of next) {
      const pair = `${keys.get(step)}>${keys.get(to)}`;
      times.set(pair, (times.get(pair) ?? 0) + 1);
    }
  const started = lines.length > 0 || standing.length > 0;
  const found: Record<string, number> = {};
  const used = new Set<string>();
  for (const edge of edgesOf(canvas)) {
    const pair = `${edge.source}>${edge.target}`;
    const count = edge.source === TRIGGER ? (started ? 1 : 0) : (times.get(pair) ?? 0);
    // Two ways to one step cannot be told apart by what the log says: the first is shown.
    if (count > 0 && !used.has(pair) && find(canvas, edge.target)) {
      found[edge.id] = count;
      used.add(pair);
    }
  }
  return found;
}
