/** What differs between two documents, step by step; steps count as the same by id. */
import { toCanvas } from "./canvas";
import { isObject, type Workflow } from "./document";

export interface Change {
  /** `inputs/content/text` */
  path: string;
  before: unknown;
  after: unknown;
}

export interface Difference {
  added: string[];
  removed: string[];
  changed: { step: string; changes: Change[] }[];
  /** Outside the steps: name, trigger, tests. Where blocks stand is nobody's change. */
  document: Change[];
}

export function difference(before: Workflow, after: Workflow): Difference {
  const old = stepsOf(before);
  const now = stepsOf(after);
  const changed = [...now].flatMap(([step, value]) => {
    const changes = old.has(step) ? changesOf(old.get(step), value) : [];
    return changes.length > 0 ? [{ step, changes }] : [];
  });
  return {
    added: [...now.keys()].filter((id) => !old.has(id)),
    removed: [...old.keys()].filter((id) => !now.has(id)),
    changed,
    document: changesOf(outside(before), outside(after)),
  };
}

export function isSame({ added, removed, changed, document }: Difference): boolean {
  return added.length + removed.length + changed.length + document.length === 0;
}

function stepsOf(document: Workflow): Map<string, unknown> {
  return new Map(toCanvas(document).steps.map(({ step }) => [step.id, step]));
}

function outside({ definition, ...rest }: Workflow): unknown {
  const { steps, layout: _, ...inner } = definition;
  return { ...rest, ...inner, first: steps[0]?.id };
}

function changesOf(before: unknown, after: unknown, path = ""): Change[] {
  if (isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) => changesOf(before[name], after[name], path ? `${path}/${name}` : name));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}
