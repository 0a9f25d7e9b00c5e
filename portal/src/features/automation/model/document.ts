/** A workflow's JSON, as the API takes and gives it. What this page does not know of it stays as it is. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface Step {
  id: string;
  stepType: string;
  inputs?: JsonObject;
  outputs?: JsonObject;
  nextStepId?: string | null;
  /** The step to go to, and the script that must be true; null: when no other is. */
  selectNextStep?: Record<string, string | null>;
  do?: Step[][];
  onError?: OnError | null;
}

export interface OnError {
  retries?: number;
  delay?: string;
  backoff?: number;
  nextStepId?: string | null;
}

export interface Position {
  x: number;
  y: number;
}

export type Turn =
  | { customer: string | JsonObject }
  | { bot: string | JsonObject }
  | { http: JsonObject }
  | { advance: string }
  | { expect: string }
  | { handedOver: boolean };

export interface TestCase {
  name: string;
  at?: string;
  customer?: JsonObject;
  trigger?: JsonObject;
  turns: Turn[];
}

export interface Workflow {
  subAccountId?: string | null;
  trigger: string;
  triggerInputs?: JsonObject;
  status?: string;
  definition: {
    name: string;
    steps: Step[];
    tests?: TestCase[];
    layout?: Record<string, Position>;
  };
}

/** What keeps a JSON value from being drawn; everything finer is the server's to say. */
export function unreadable(value: unknown): string | undefined {
  if (!isObject(value)) return "a workflow is a JSON object";
  if (typeof value.trigger !== "string") return "trigger must be a text";
  const definition = value.definition;
  if (!isObject(definition)) return "definition must be an object";
  if (typeof definition.name !== "string") return "definition.name must be a text";
  if (!Array.isArray(definition.steps)) return "definition.steps must be a list";
  return stepsUnreadable(definition.steps, "definition.steps");
}

function stepsUnreadable(steps: unknown[], where: string): string | undefined {
  for (const [index, step] of steps.entries()) {
    const at = `${where}[${index}]`;
    if (!isObject(step)) return `${at} must be an object`;
    if (typeof step.id !== "string" || !step.id) return `${at}.id must be a text`;
    if (typeof step.stepType !== "string") return `${at}.stepType must be a text`;
    for (const name of ["inputs", "outputs", "selectNextStep", "onError"])
      if (step[name] != null && !isObject(step[name])) return `${at}.${name} must be an object`;
    if (step.do == null) continue;
    if (!Array.isArray(step.do) || !step.do.every(Array.isArray)) return `${at}.do must be a list of lists`;
    for (const [inner, sequence] of step.do.entries()) {
      const found = stepsUnreadable(sequence, `${at}.do[${inner}]`);
      if (found) return found;
    }
  }
  return undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function written(document: Workflow): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
