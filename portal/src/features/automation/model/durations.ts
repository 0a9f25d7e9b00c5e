/** Durations as definitions write them, `d.HH:mm:ss`, and as a number of one unit, which is how people say them. */

export const UNITS = ["seconds", "minutes", "hours", "days"] as const;
export type Unit = (typeof UNITS)[number];
const SECONDS: Record<Unit, number> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };

export interface Duration {
  amount: number;
  unit: Unit;
}

/** Seconds; undefined when the text is no duration, for instance a script. */
export function seconds(text: string): number | undefined {
  if (/^\s*\d{1,5}\s*$/.test(text)) return Number(text) * SECONDS.days;
  const found = /^\s*(?:(\d{1,5})\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d{1,7})?)?\s*$/.exec(text);
  if (!found) return undefined;
  const [days, hours, minutes, rest] = found.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
  ];
  if (hours > 23 || minutes > 59 || rest > 59) return undefined;
  return days * 86_400 + hours * 3600 + minutes * 60 + rest;
}

/** In the largest unit that gives a whole number. */
export function parse(text: string): Duration | undefined {
  const all = seconds(text);
  if (all === undefined) return undefined;
  const unit = UNITS.findLast((each) => all > 0 && all % SECONDS[each] === 0) ?? "seconds";
  return { amount: all / SECONDS[unit], unit };
}

export function write({ amount, unit }: Duration): string {
  const all = Math.max(0, Math.round(amount)) * SECONDS[unit];
  const two = (value: number) => String(value).padStart(2, "0");
  const days = Math.floor(all / 86_400);
  const clock = [Math.floor((all % 86_400) / 3600), Math.floor((all % 3600) / 60), all % 60].map(two).join(":");
  return `${days}.${clock}`;
}
