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

export interface Hours {
  opens: string;
  closes: string;
}

interface Shift extends Hours {
  day: number;
}

/** 0 is Monday. */
export const DAYS = [0, 1, 2, 3, 4, 5, 6];

/** One line a weekday; a day with two shifts shows its first opening and last closing. */
export function weekOf(shifts: Shift[]): Hours[] {
  return DAYS.map((day) => {
    const its = shifts.filter((each) => each.day === day);
    return {
      opens: its.map((each) => each.opens.slice(0, 5)).sort()[0] ?? "",
      closes:
        its
          .map((each) => each.closes.slice(0, 5))
          .sort()
          .at(-1) ?? "",
    };
  });
}

/** A day nobody touched keeps the shifts it had. */
export function shiftsOf(week: Hours[], before: Shift[]): Shift[] {
  const was = weekOf(before);
  return DAYS.flatMap((day) => {
    const [now, then] = [week[day], was[day]];
    if (now?.opens === then?.opens && now?.closes === then?.closes) return before.filter((each) => each.day === day);
    return now?.opens && now.closes ? [{ day, ...now }] : [];
  });
}
