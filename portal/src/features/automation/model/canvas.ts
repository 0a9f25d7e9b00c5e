/** The document as the canvas has it: one flat list of steps. What is drawn between them is read from the steps (ways.ts). */
import type { Position, Step, Workflow } from "./document";

/** A step whose inner steps stand beside it in the list; `do` has their keys. */
export type FlatStep = Omit<Step, "do"> & { do?: string[][] | null };

export interface CanvasStep {
  /** The step's id; a second step of that id, which the server will refuse, has a number after it. */
  key: string;
  step: FlatStep;
}

export interface Canvas {
  /** The document without its steps, in its own order. */
  frame: Workflow;
  /** In reading order; the first one is where the workflow starts, those inside an If follow it. */
  steps: CanvasStep[];
}

export function toCanvas(document: Workflow): Canvas {
  const steps: CanvasStep[] = [];
  const taken = new Set<string>();
  const flatten = (step: Step): string => {
    const key = unused(step.id, taken);
    taken.add(key);
    const entry: CanvasStep = { key, step: step as FlatStep };
    steps.push(entry);
    if (step.do) entry.step = { ...step, do: step.do.map((sequence) => sequence.map(flatten)) };
    return key;
  };
  for (const step of document.definition.steps) flatten(step);
  return { frame: { ...document, definition: { ...document.definition, steps: [] } }, steps };
}

export function toDocument({ frame, steps }: Canvas): Workflow {
  const byKey = new Map(steps.map((each) => [each.key, each.step]));
  const nested = (step: FlatStep): Step => {
    if (!step.do) return step as Step;
    const inner = step.do.map((keys) => keys.flatMap((key) => byKey.get(key) ?? []).map(nested));
    return { ...step, do: inner };
  };
  const inside = innerKeys(steps);
  const outermost = steps.filter((each) => !inside.has(each.key)).map((each) => nested(each.step));
  return { ...frame, definition: { ...frame.definition, steps: outermost } };
}

/** The keys of every step inside an If, with the If's. */
export function innerKeys(steps: CanvasStep[]): Map<string, string> {
  const inside = new Map<string, string>();
  for (const { key, step } of steps) for (const inner of (step.do ?? []).flat()) inside.set(inner, key);
  return inside;
}

export function find(canvas: Canvas, key: string): FlatStep | undefined {
  return canvas.steps.find((each) => each.key === key)?.step;
}

export function layoutOf(canvas: Canvas): Record<string, Position> {
  return canvas.frame.definition.layout ?? {};
}

/** An id nothing has yet: `wait`, `wait_2`, … */
export function freshId(canvas: Canvas, wish: string): string {
  const taken = new Set(canvas.steps.flatMap(({ step }) => [step.id, ...Object.keys(step.selectNextStep ?? {})]));
  if (!taken.has(wish)) return wish;
  const stem = wish.replace(/_\d+$/, "");
  let number = 2;
  while (taken.has(`${stem}_${number}`)) number += 1;
  return `${stem}_${number}`;
}

function unused(id: string, taken: Set<string>): string {
  if (!taken.has(id)) return id;
  let number = 2;
  while (taken.has(`${id}#${number}`)) number += 1;
  return `${id}#${number}`;
}
