/** The days a report covers. Pure. */
export const LENGTHS = [7, 14, 90] as const;
export const GROUPS = ["day", "queue", "agent", "channel"] as const;
export type Group = (typeof GROUPS)[number];

/** The last so many days, today with them, as dates of this place. */
export function lastDays(count: number, now: Date): { since: string; until: string } {
  return {
    since: isoDate(new Date(now.getFullYear(), now.getMonth(), now.getDate() - count + 1)),
    until: isoDate(now),
  };
}

function isoDate(at: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
