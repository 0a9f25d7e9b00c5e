/** The canvas as React Flow draws it. */
import type { Problem } from "../data";
import type { Canvas } from "../model/canvas";
import type { Position } from "../model/document";
import { positions } from "../model/layout";
import { type Edge, edgesOf, TRIGGER } from "../model/ways";
import type { Mark, StepNodeType } from "./StepNode";
import type { TriggerNodeType } from "./TriggerNode";

export type FlowNode = StepNodeType | TriggerNodeType;

export interface Drawing {
  canvas: Canvas;
  problems?: Problem[];
  marks?: Record<string, Mark>;
  fixed?: boolean;
}

/** What each block is called for who hears it. */
export interface Names {
  step: (type: string, id: string, findings: number) => string;
  trigger: string;
}

export function nodesOf({ canvas, problems = [], marks = {}, fixed = false }: Drawing, names: Names): FlowNode[] {
  const at = positions(canvas);
  const leads = new Map<string, string[]>();
  for (const edge of edgesOf(canvas)) leads.set(edge.source, [...(leads.get(edge.source) ?? []), edge.way.id]);
  const trigger: TriggerNodeType = {
    id: TRIGGER,
    type: "trigger",
    position: at[TRIGGER] as Position,
    data: { frame: canvas.frame, errors: problems.filter(isTriggers).map((each) => each.message), fixed },
    ariaLabel: names.trigger,
    deletable: false,
  };
  const steps = canvas.steps.map(({ key, step }): StepNodeType => {
    const mine = problems.filter((each) => each.step === step.id);
    const mark = marks[key];
    return {
      id: key,
      type: "step",
      position: at[key] as Position,
      data: {
        step,
        leads: leads.get(key) ?? [],
        errors: mine.filter((each) => each.severity === "error").map((each) => each.message),
        warnings: mine
          .filter((each) => each.severity !== "error" && each.code !== "dangling_target")
          .map((each) => each.message),
        fixed,
        ...(mark && { mark }),
      },
      ariaLabel: names.step(step.stepType, step.id, mine.length),
    };
  });
  return [trigger, ...steps];
}

export function ways(canvas: Canvas): Edge[] {
  return edgesOf(canvas);
}

function isTriggers(problem: Problem): boolean {
  return problem.severity === "error" && (problem.path ?? "").startsWith("/trigger");
}
