/** What of the platform's figures a person should look at. Pure. */
import type { Schemas } from "../../api/client";
import type { Tone } from "../../ui/Pill";

export type QueueHealth = Schemas["QueueHealth"];
export type FunctionHealth = Schemas["FunctionHealth"];
export type ChecklistItem = Schemas["ChecklistItem"];

/** A queue whose oldest message is older is not keeping up. */
export const SLOW_SECONDS = 300;

export type QueueState = "parked" | "slow" | "flows";

export function stateOf(queue: Pick<QueueHealth, "deadLetters" | "oldestSeconds">): QueueState {
  if (queue.deadLetters > 0) return "parked";
  return (queue.oldestSeconds ?? 0) > SLOW_SECONDS ? "slow" : "flows";
}

export const STATE_TONES: Record<QueueState, Tone> = { parked: "bad", slow: "warn", flows: "good" };

/** Those that fail stand first, then those that work most. */
export function byTrouble(functions: FunctionHealth[]): FunctionHealth[] {
  return functions.toSorted(
    (one, other) =>
      other.errors + other.throttles - (one.errors + one.throttles) ||
      other.calls - one.calls ||
      one.name.localeCompare(other.name),
  );
}

/** How many dead letters there are in all, and how many functions failed. */
export function troubles(queues: QueueHealth[], functions: FunctionHealth[] | null) {
  return {
    parked: queues.reduce((sum, each) => sum + each.deadLetters, 0),
    slow: queues.filter((each) => stateOf(each) === "slow").length,
    failing: (functions ?? []).filter((each) => each.errors + each.throttles > 0).length,
  };
}
