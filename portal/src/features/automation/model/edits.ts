/** Every change one can make on the canvas: a canvas in, a canvas out. */
import { type Canvas, type CanvasStep, type FlatStep, freshId, innerKeys } from "./canvas";
import type { Position, Workflow } from "./document";
import { type Edge, edgesOf, REPLIED, SILENT, TRIGGER, type Way, waysOf } from "./ways";

/** The start of the ids that stand for "nothing follows yet". */
const NOWHERE = "not_connected";

export function isNowhere(target: string): boolean {
  return target.startsWith(NOWHERE);
}

export function updateStep(canvas: Canvas, key: string, change: (step: FlatStep) => FlatStep): Canvas {
  return {
    ...canvas,
    steps: canvas.steps.map((each) => (each.key === key ? { ...each, step: change(each.step) } : each)),
  };
}

export function updateFrame(canvas: Canvas, change: Partial<Workflow>): Canvas {
  return { ...canvas, frame: { ...canvas.frame, ...change } };
}

export function updateDefinition(canvas: Canvas, change: Partial<Workflow["definition"]>): Canvas {
  return updateFrame(canvas, { definition: { ...canvas.frame.definition, ...change } });
}

export function place(canvas: Canvas, positions: Record<string, Position>): Canvas {
  const rounded = Object.entries(positions).map(([id, { x, y }]) => [id, { x: Math.round(x), y: Math.round(y) }]);
  return updateDefinition(canvas, { layout: { ...canvas.frame.definition.layout, ...Object.fromEntries(rounded) } });
}

/** A new step, unconnected. The first step of all is the start. */
export function add(canvas: Canvas, step: FlatStep, at?: Position): Canvas {
  const added = { ...canvas, steps: [...canvas.steps, { key: step.id, step }] };
  return at ? place(added, { [step.id]: at }) : added;
}

/** Leads a way to a step; undefined when the format has no words for it: a step has one way to each other step. */
export function connect(canvas: Canvas, source: string, wayId: string, target: string): Canvas | undefined {
  const step = canvas.steps.find((each) => each.key === target)?.step;
  if (!step) return undefined;
  if (source === TRIGGER) return startAt(canvas, target);
  const way = wayOf(canvas, source, wayId);
  if (!way || way.target === step.id) return way ? canvas : undefined;
  if (way.kind === "inner") return intoIf(canvas, source, target);
  if (isChoice(way) && step.id in (canvas.steps.find((each) => each.key === source)?.step.selectNextStep ?? {}))
    return undefined;
  return updateStep(canvas, source, (from) => led(from, way, step.id));
}

export function disconnect(canvas: Canvas, source: string, wayId: string): Canvas {
  const way = wayOf(canvas, source, wayId);
  if (!way || way.kind === "inner") return canvas;
  if (way.kind === "choice") {
    const nowhere = freshId(canvas, NOWHERE);
    return updateStep(canvas, source, (step) => led(step, way, nowhere));
  }
  return updateStep(canvas, source, (step) => led(step, way, undefined));
}

/** A step between two others: what led to the second leads to the new one, whose first way leads on. */
export function insert(canvas: Canvas, edge: Edge, step: FlatStep, at: Position): Canvas {
  const added = add(canvas, step, at);
  const target = canvas.steps.find((each) => each.key === edge.target)?.step.id ?? edge.target;
  const onwards = updateStep(added, step.id, (made) => led(made, waysOf(made)[0] as Way, target));
  if (edge.source === TRIGGER) return startAt(onwards, step.id);
  if (edge.way.kind === "inner") return intoIf(onwards, edge.source, step.id) ?? onwards;
  return moveBeside(
    updateStep(onwards, edge.source, (from) => led(from, edge.way, step.id)),
    step.id,
    edge.source,
  );
}

/** Steps go, with those inside them; what led to one leads to what followed it, if that is one step. */
export function remove(canvas: Canvas, keys: string[]): Canvas {
  const gone = withInner(canvas, keys);
  const following = new Map<string, string | undefined>();
  for (const { key, step } of canvas.steps) if (gone.has(key)) following.set(step.id, soleTarget(canvas, step, gone));
  let left: Canvas = { ...canvas, steps: canvas.steps.filter((each) => !gone.has(each.key)) };
  for (const edge of edgesOf(canvas)) {
    if (gone.has(edge.source) || !gone.has(edge.target) || edge.source === TRIGGER || edge.way.kind === "inner")
      continue;
    const heir = following.get(edge.way.target ?? "");
    const healed = heir === undefined ? undefined : connect(left, edge.source, edge.way.id, keyOf(left, heir));
    left = healed ?? disconnect(left, edge.source, edge.way.id);
  }
  const steps = left.steps.map((each) => (each.step.do ? { ...each, step: emptied(each.step, gone) } : each));
  const layout = left.frame.definition.layout;
  if (!layout) return { ...left, steps };
  const ids = new Set(following.keys());
  const kept = Object.fromEntries(Object.entries(layout).filter(([id]) => !ids.has(id)));
  return updateDefinition({ ...left, steps }, { layout: kept });
}

/** A step by another name; what leads to it follows. */
export function rename(canvas: Canvas, key: string, id: string): Canvas {
  const old = canvas.steps.find((each) => each.key === key)?.step.id;
  if (old === undefined || old === id) return canvas;
  const steps = canvas.steps.map((each) => ({
    key: each.key === key ? id : each.key,
    step: renamed(each.key === key ? { ...each.step, id } : each.step, old, id, key),
  }));
  const layout = canvas.frame.definition.layout;
  if (!layout) return { ...canvas, steps };
  const moved = Object.fromEntries(Object.entries(layout).map(([name, at]) => [name === old ? id : name, at]));
  return updateDefinition({ ...canvas, steps }, { layout: moved });
}

/** Steps once more, with the ways between them, a little below where they stood. Answers also their new keys. */
export function paste(canvas: Canvas, copied: CanvasStep[], at: Record<string, Position>): [Canvas, string[]] {
  let pasted = canvas;
  const names = new Map<string, string>();
  for (const { step } of copied) {
    const id = freshId(pasted, step.id);
    names.set(step.id, id);
    pasted = add(pasted, { ...step, id });
  }
  const copies = new Set(names.values());
  const steps = pasted.steps.map((each) => (copies.has(each.key) ? { ...each, step: among(each.step, names) } : each));
  const positions: Record<string, Position> = {};
  for (const [old, id] of names) positions[id] = { x: (at[old]?.x ?? 0) + 40, y: (at[old]?.y ?? 0) + 120 };
  return [place({ ...pasted, steps }, positions), [...copies]];
}

/** Another condition of a choice, leading nowhere yet, before the one for "otherwise". */
export function addChoice(canvas: Canvas, key: string, condition: string): Canvas {
  const nowhere = freshId(canvas, NOWHERE);
  return updateStep(canvas, key, (step) => {
    const entries = Object.entries(step.selectNextStep ?? {});
    const last = entries.findIndex(([, each]) => each === null);
    entries.splice(last < 0 ? entries.length : last, 0, [nowhere, condition]);
    return { ...step, selectNextStep: Object.fromEntries(entries) };
  });
}

export function removeChoice(canvas: Canvas, key: string, target: string): Canvas {
  return changeChoices(canvas, key, (entries) => entries.filter(([each]) => each !== target));
}

export function changeCondition(canvas: Canvas, key: string, target: string, condition: string): Canvas {
  return changeChoices(canvas, key, (entries) =>
    entries.map(([each, before]) => [each, each === target ? condition : before]),
  );
}

/** From one way on to conditions and back; the step that followed follows otherwise, or the other way round. */
export function chooseByCondition(canvas: Canvas, key: string, byCondition: boolean): Canvas {
  return updateStep(canvas, key, (step) => {
    const { nextStepId, selectNextStep, ...rest } = step;
    if (byCondition) return { ...rest, selectNextStep: nextStepId ? { [nextStepId]: null } : {} };
    const kept = Object.entries(selectNextStep ?? {}).find(([target, each]) => each === null && !isNowhere(target));
    return kept ? { ...rest, nextStepId: kept[0] } : rest;
  });
}

function changeChoices(
  canvas: Canvas,
  key: string,
  change: (entries: [string, string | null][]) => [string, string | null][],
): Canvas {
  return updateStep(canvas, key, (step) => ({
    ...step,
    selectNextStep: Object.fromEntries(change(Object.entries(step.selectNextStep ?? {}))),
  }));
}

function wayOf(canvas: Canvas, key: string, wayId: string): Way | undefined {
  const step = canvas.steps.find((each) => each.key === key)?.step;
  return step && waysOf(step).find((each) => each.id === wayId);
}

function isChoice(way: Way): boolean {
  return way.kind !== "next" && way.kind !== "error" && way.kind !== "inner";
}

/** The step with one of its ways leading elsewhere; undefined: nowhere. */
function led(step: FlatStep, way: Way, target: string | undefined): FlatStep {
  if (way.kind === "next") return target === undefined ? without(step, "nextStepId") : { ...step, nextStepId: target };
  if (way.kind === "error") {
    const { nextStepId: _, ...rest } = step.onError ?? {};
    return { ...step, onError: target === undefined ? rest : { ...rest, nextStepId: target } };
  }
  const entries = Object.entries(step.selectNextStep ?? {});
  const at = entries.findIndex(([each]) => each === way.target);
  const condition = at < 0 ? impliedCondition(way) : (entries[at]?.[1] ?? null);
  entries.splice(
    at < 0 ? entries.length : at,
    at < 0 ? 0 : 1,
    ...(target === undefined ? [] : [entry(target, condition)]),
  );
  return { ...step, selectNextStep: Object.fromEntries(entries) };
}

function entry(target: string, condition: string | null): [string, string | null] {
  return [target, condition];
}

function impliedCondition(way: Way): string | null {
  return way.kind === "replied" ? REPLIED : way.kind === "silent" ? SILENT : null;
}

function without(step: FlatStep, name: "nextStepId"): FlatStep {
  const { [name]: _, ...rest } = step;
  return rest;
}

function startAt(canvas: Canvas, key: string): Canvas {
  const outer = innerKeys(canvas.steps).has(key) ? takenOut(canvas, key) : canvas;
  const first = withInner(outer, [key]);
  const inOrder = (each: CanvasStep) => first.has(each.key);
  return { ...outer, steps: [...outer.steps.filter(inOrder), ...outer.steps.filter((each) => !inOrder(each))] };
}

/** A step becomes the first inside an If. */
function intoIf(canvas: Canvas, key: string, target: string): Canvas | undefined {
  if (withInner(canvas, [target]).has(key)) return undefined;
  return updateStep(takenOut(canvas, target), key, (step) => ({ ...step, do: [[target, ...(step.do?.[0] ?? [])]] }));
}

/** A step that follows one inside an If is inside it too. */
function moveBeside(canvas: Canvas, key: string, neighbour: string): Canvas {
  const around = innerKeys(canvas.steps).get(neighbour);
  if (around === undefined) return canvas;
  return updateStep(canvas, around, (step) => ({
    ...step,
    do: step.do?.map((keys) => keys.flatMap((each) => (each === neighbour ? [each, key] : [each]))),
  }));
}

function takenOut(canvas: Canvas, key: string): Canvas {
  const around = innerKeys(canvas.steps).get(key);
  return around === undefined ? canvas : updateStep(canvas, around, (step) => emptied(step, new Set([key])));
}

function emptied(step: FlatStep, gone: Set<string>): FlatStep {
  return step.do?.flat().some((key) => gone.has(key))
    ? { ...step, do: step.do.map((keys) => keys.filter((key) => !gone.has(key))) }
    : step;
}

function withInner(canvas: Canvas, keys: string[]): Set<string> {
  const all = new Set(keys);
  for (const { key, step } of canvas.steps)
    if (all.has(key)) for (const inner of (step.do ?? []).flat()) all.add(inner);
  return all;
}

function soleTarget(canvas: Canvas, step: FlatStep, gone: Set<string>): string | undefined {
  const targets = waysOf(step).flatMap((way) => (way.target && way.kind !== "error" ? [way.target] : []));
  const left = canvas.steps.filter((each) => !gone.has(each.key) && targets.includes(each.step.id));
  return targets.length === 1 ? left[0]?.step.id : undefined;
}

function keyOf(canvas: Canvas, id: string): string {
  return canvas.steps.find((each) => each.step.id === id)?.key ?? id;
}

function renamed(step: FlatStep, old: string, id: string, key: string): FlatStep {
  const changed = { ...step };
  if (changed.nextStepId === old) changed.nextStepId = id;
  if (changed.selectNextStep && old in changed.selectNextStep)
    changed.selectNextStep = Object.fromEntries(
      Object.entries(changed.selectNextStep).map(([target, each]) => [target === old ? id : target, each]),
    );
  if (changed.onError?.nextStepId === old) changed.onError = { ...changed.onError, nextStepId: id };
  if (changed.do) changed.do = changed.do.map((keys) => keys.map((each) => (each === key ? id : each)));
  return changed;
}

/** A copied step: ways to other copies lead to them, others to nowhere. */
function among(step: FlatStep, names: Map<string, string>): FlatStep {
  const { nextStepId, selectNextStep, do: inner, ...copy } = step;
  const made: FlatStep = copy;
  const next = names.get(nextStepId ?? "");
  if (next) made.nextStepId = next;
  if (selectNextStep) {
    const entries = Object.entries(selectNextStep).map(
      ([target, each], index) => [names.get(target) ?? `${NOWHERE}_${step.id}_${index + 1}`, each] as const,
    );
    made.selectNextStep = Object.fromEntries(entries.filter(([target, each]) => each !== null || !isNowhere(target)));
  }
  if (inner) made.do = inner.map((keys) => keys.flatMap((each) => names.get(each) ?? []));
  if (made.onError?.nextStepId) {
    const { nextStepId: onError, ...rest } = made.onError;
    const target = names.get(onError ?? "");
    made.onError = target ? { ...rest, nextStepId: target } : rest;
  }
  return made;
}
