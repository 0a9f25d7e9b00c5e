/** When a ticket that is put off may come back. Pure: `now` is given. */
const HOUR = 3_600_000;
const MORNING = 9;

export type Choice = "hour" | "threeHours" | "tomorrow" | "monday";

export function choices(now: Date): { name: Choice; at: Date }[] {
  return [
    { name: "hour", at: new Date(now.getTime() + HOUR) },
    { name: "threeHours", at: new Date(now.getTime() + 3 * HOUR) },
    { name: "tomorrow", at: morning(now, 1) },
    { name: "monday", at: morning(now, (8 - now.getDay()) % 7 || 7) },
  ];
}

/** What a date-and-time field holds for a moment: local, to the minute. */
export function fieldValue(at: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

function morning(now: Date, inDays: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + inDays, MORNING);
}
