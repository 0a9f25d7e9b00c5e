/** A queue's rules in words. Pure. */
import type { Queue } from "./order";

type Condition = Queue["conditions"][number];

export function rulesOf(queue: Pick<Queue, "conditions">): string {
  return queue.conditions.map((each) => each.values.join(" / ")).join(" · ");
}

export function valuesOf(queue: Pick<Queue, "conditions"> | undefined, type: Condition["type"]): string[] {
  return queue?.conditions.flatMap((each) => (each.type === type ? each.values : [])) ?? [];
}

/** The conditions that have values, in the notation of the API; those of other types stay as they are. */
export function conditionsOf(
  values: { channel: string[]; country: string[]; customer_group: string[] },
  kept: Condition[],
) {
  const others = kept.filter((each) => !(each.type in values));
  const own = Object.entries(values).flatMap(([type, each]) => (each.length > 0 ? [{ type, values: each }] : []));
  return [...others, ...own] as Condition[];
}
