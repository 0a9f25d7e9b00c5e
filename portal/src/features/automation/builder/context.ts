import { createContext, useContext } from "react";
import type { Problem } from "../data";
import type { Canvas } from "../model/canvas";
import type { Position, Workflow } from "../model/document";

/** The workflow one works on, and how its parts change it. */
export interface Workshop {
  canvas: Canvas;
  document: Workflow;
  /** Nothing can be changed: who looks has no right to, or it is an older version. */
  fixed: boolean;
  problems: Problem[];
  selected: string[];
  select: (keys: string[]) => void;
  /** Takes a changed canvas. Changes of one topic that follow each other are undone together. */
  edit: (change: (canvas: Canvas) => Canvas | undefined, topic?: string) => void;
  /** Adds a step and selects it: after the selected one, on an edge, or where it was dropped. */
  addStep: (type: string, where?: { at?: Position; edgeId?: string; from?: { key: string; way: string } }) => void;
}

const Context = createContext<Workshop | undefined>(undefined);

export const WorkshopProvider = Context.Provider;

export function useWorkshop(): Workshop {
  const found = useContext(Context);
  if (!found) throw new Error("not inside a workshop");
  return found;
}
