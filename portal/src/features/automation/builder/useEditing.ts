import { useCallback, useEffect, useMemo, useReducer, useRef } from "react";
import { type Canvas, toCanvas, toDocument } from "../model/canvas";
import { type Workflow, written } from "../model/document";
import * as history from "../model/history";
import { dropDraft, keepDraft, readDraft } from "./drafts";

interface State {
  history: history.History<Canvas>;
  /** The version the canvas began with, and its text: whether there is something to save. */
  version: number;
  saved: string;
  /** Changes of an earlier visit were found. */
  restored: boolean;
}

type Action =
  | { do: "edit"; change: (canvas: Canvas) => Canvas | undefined; topic: string | undefined }
  | { do: "undo" | "redo" }
  | { do: "saved"; version: number; document: Workflow }
  | { do: "open"; version: number; document: Workflow };

function reduce(state: State, action: Action): State {
  switch (action.do) {
    case "edit": {
      const next = action.change(state.history.present);
      return next ? { ...state, history: history.change(state.history, next, action.topic) } : state;
    }
    case "undo":
      return { ...state, history: history.undo(state.history) };
    case "redo":
      return { ...state, history: history.redo(state.history) };
    case "saved":
      return { ...state, version: action.version, saved: written(action.document), restored: false };
    case "open":
      return opened(action.version, action.document);
  }
}

function opened(version: number, document: Workflow): State {
  return { history: history.begin(toCanvas(document)), version, saved: written(document), restored: false };
}

function begin({ draftId, version, document }: { draftId: string; version: number; document: Workflow }): State {
  const draft = readDraft(draftId);
  const fresh = opened(version, document);
  if (!draft || written(draft.document) === fresh.saved) return fresh;
  // Saving it names the version it began with: if there is a newer one, that is found out then, with both to compare.
  return { ...fresh, history: history.begin(toCanvas(draft.document)), version: draft.version, restored: true };
}

/** The canvas with its history. What is not saved is kept in this browser. */
export function useEditing(draftId: string, version: number, document: Workflow) {
  const [state, dispatch] = useReducer(reduce, { draftId, version, document }, begin);
  const canvas = state.history.present;
  const whole = useMemo(() => toDocument(canvas), [canvas]);
  const isChanged = useMemo(() => written(whole) !== state.saved, [whole, state.saved]);
  const latest = useRef({ whole, isChanged, version: state.version });
  latest.current = { whole, isChanged, version: state.version };
  const keep = useCallback(() => {
    const now = latest.current;
    if (now.isChanged) keepDraft(draftId, { version: now.version, document: now.whole });
    else dropDraft(draftId);
  }, [draftId]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each change, when one pauses
  useEffect(() => {
    const timer = setTimeout(keep, 400);
    return () => clearTimeout(timer);
  }, [whole, isChanged, keep]);
  useEffect(() => {
    window.addEventListener("pagehide", keep);
    return () => {
      window.removeEventListener("pagehide", keep);
      keep();
    };
  }, [keep]);
  const edit = useCallback(
    (change: (canvas: Canvas) => Canvas | undefined, topic?: string) => dispatch({ do: "edit", change, topic }),
    [],
  );
  return {
    canvas,
    document: whole,
    isChanged,
    version: state.version,
    restored: state.restored,
    edit,
    undo: () => dispatch({ do: "undo" }),
    redo: () => dispatch({ do: "redo" }),
    canUndo: state.history.past.length > 0,
    canRedo: state.history.future.length > 0,
    markSaved: (version: number, document: Workflow) => {
      dispatch({ do: "saved", version, document });
      dropDraft(draftId);
    },
    open: (version: number, document: Workflow) => {
      dispatch({ do: "open", version, document });
      dropDraft(draftId);
    },
  };
}

export type Editing = ReturnType<typeof useEditing>;
