/** The order in which queues are asked. Pure. */
import type { Schemas } from "../../api/client";

export type Queue = Schemas["Queue"];
export type QueueDraft = Schemas["QueueDraft"];

/** The default queue is asked last, always. */
export const LAST = 1_000_000;
const STEP = 10;

export function inOrder(queues: Queue[]): Queue[] {
  return queues.toSorted((a, b) => a.priority - b.priority || (a.name < b.name ? -1 : 1));
}

export function isDefault(queue: Queue): boolean {
  return queue.priority >= LAST;
}

export function moved(queues: Queue[], from: number, to: number): Queue[] {
  const movable = queues.filter((each) => !isDefault(each));
  const queue = movable[from];
  if (!queue || to < 0 || to >= movable.length) return queues;
  return [...movable.toSpliced(from, 1).toSpliced(to, 0, queue), ...queues.filter(isDefault)];
}

/** What has to be written for this order to hold: a queue whose number is not above the one before it gets a new one. */
export function renumbered(queues: Queue[]): { queue: Queue; priority: number }[] {
  const found: { queue: Queue; priority: number }[] = [];
  let before = 0;
  for (const queue of queues.filter((each) => !isDefault(each))) {
    const keeps = queue.priority > before;
    before = keeps ? queue.priority : before + STEP;
    if (!keeps) found.push({ queue, priority: before });
  }
  return found;
}

/** The settings of a queue as they are sent back. */
export function draftOf(queue: Queue): QueueDraft {
  const { id: _id, version: _version, createdAt: _createdAt, ...draft } = queue;
  return draft;
}
