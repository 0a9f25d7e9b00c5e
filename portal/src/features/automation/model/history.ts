/** Undo and redo: what was, what is, what was undone. */

const DEPTH = 100;

export interface History<T> {
  past: T[];
  present: T;
  future: T[];
  /** What the last change was about: typing on in the same field is one change. */
  topic: string | undefined;
}

export function begin<T>(present: T): History<T> {
  return { past: [], present, future: [], topic: undefined };
}

export function change<T>(history: History<T>, present: T, topic?: string): History<T> {
  if (present === history.present) return history;
  const continues = topic !== undefined && topic === history.topic;
  const past = continues ? history.past : [...history.past, history.present].slice(-DEPTH);
  return { past, present, future: [], topic };
}

export function undo<T>(history: History<T>): History<T> {
  const present = history.past.at(-1);
  if (present === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    present,
    future: [history.present, ...history.future],
    topic: undefined,
  };
}

export function redo<T>(history: History<T>): History<T> {
  const [present, ...future] = history.future;
  if (present === undefined) return history;
  return { past: [...history.past, history.present], present, future, topic: undefined };
}
