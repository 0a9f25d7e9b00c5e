/** The ways out of a step: each is a point on its right side, and an edge when it leads somewhere. */
import type { Canvas, CanvasStep, FlatStep } from "./canvas";

export const TRIGGER = "@trigger";
export const REPLIED = "{{step.reply != null}}";
export const SILENT = "{{step.reply == null}}";

export type WayKind = "next" | "choice" | "otherwise" | "replied" | "silent" | "inner" | "error";

export interface Way {
  /** Unique within the step: `next`, `to:<target>`, … */
  id: string;
  kind: WayKind;
  /** The step it names, which need not exist; undefined: nothing follows. */
  target: string | undefined;
  /** The script of a choice. */
  condition?: string | null;
}

export interface Edge {
  id: string;
  source: string;
  way: Way;
  target: string;
}

export function waysOf(step: FlatStep): Way[] {
  const ways: Way[] = [];
  if (step.stepType === "If") ways.push({ id: "inner", kind: "inner", target: step.do?.[0]?.[0] });
  ways.push(...waysAfter(step));
  if (step.onError) ways.push({ id: "error", kind: "error", target: step.onError.nextStepId ?? undefined });
  return ways;
}

function waysAfter(step: FlatStep): Way[] {
  const choices = choicesOf(step);
  if (step.nextStepId && choices.length > 0) return [nextWay(step), ...choices];
  if (step.nextStepId || !(choosesAlways(step) || choices.length > 0)) return [nextWay(step)];
  return [...choices, ...missing(step, choices)];
}

function nextWay(step: FlatStep): Way {
  return { id: "next", kind: "next", target: step.nextStepId ?? undefined };
}

function choosesAlways(step: FlatStep): boolean {
  return step.stepType === "Branch" || step.stepType === "WaitForReply";
}

function choicesOf(step: FlatStep): Way[] {
  return Object.entries(step.selectNextStep ?? {}).map(([target, condition]) => ({
    id: `to:${target}`,
    kind: choiceKind(step, condition),
    target,
    condition,
  }));
}

function choiceKind(step: FlatStep, condition: string | null): WayKind {
  if (condition === null) return "otherwise";
  if (step.stepType !== "WaitForReply") return "choice";
  const bare = condition.replace(/\s+/g, "");
  if (/^{{(\(?)step\.reply!==?null\)?}}$/.test(bare)) return "replied";
  if (/^{{(\(?)step\.reply===?null\)?}}$/.test(bare)) return "silent";
  return "choice";
}

/** What a step always could do and nothing is said of yet: it stands there to be connected. */
function missing(step: FlatStep, choices: Way[]): Way[] {
  const kinds = new Set(choices.map((each) => each.kind));
  if (step.stepType === "WaitForReply" && !kinds.has("choice") && !kinds.has("otherwise"))
    return (["replied", "silent"] as const).filter((kind) => !kinds.has(kind)).map((kind) => open(kind));
  return kinds.has("otherwise") ? [] : [open("otherwise")];
}

function open(kind: "replied" | "silent" | "otherwise"): Way {
  return { id: kind, kind, target: undefined };
}

/** Every way that leads to a step, from the trigger on, in reading order. */
export function edgesOf(canvas: Canvas): Edge[] {
  const keys = keysById(canvas.steps);
  const edges: Edge[] = [];
  const add = (source: string, way: Way) => {
    const target = way.kind === "inner" ? way.target : keys.get(way.target ?? "");
    if (target !== undefined) edges.push({ id: `${source}/${way.id}`, source, way, target });
  };
  const first = canvas.steps[0];
  if (first) add(TRIGGER, { id: "next", kind: "next", target: first.step.id });
  for (const { key, step } of canvas.steps) for (const way of waysOf(step)) add(key, way);
  return edges;
}

export function keysById(steps: CanvasStep[]): Map<string, string> {
  const keys = new Map<string, string>();
  for (const { key, step } of steps) if (!keys.has(step.id)) keys.set(step.id, key);
  return keys;
}

/** The steps that may have run before one, nearest first. */
export function before(canvas: Canvas, key: string): string[] {
  const edges = edgesOf(canvas);
  const found: string[] = [];
  let frontier = [key];
  while (frontier.length > 0) {
    const sources = edges.filter((edge) => frontier.includes(edge.target)).map((edge) => edge.source);
    frontier = [...new Set(sources)].filter((each) => each !== TRIGGER && each !== key && !found.includes(each));
    found.push(...frontier);
  }
  return found;
}
