/** Messages over time, from what a page saw of a run's counters. Pure. */
export interface Seen {
  at: number;
  sent: number;
}

/** A counter's value joins what was seen; one that stands still replaces its repetition. */
export function joined(seen: Seen[], next: Seen, most = 400): Seen[] {
  const last = seen.at(-1);
  if (last && (next.at <= last.at || next.sent < last.sent)) return seen;
  const before = seen.at(-2);
  const kept = last && before && last.sent === next.sent && before.sent === next.sent ? seen.slice(0, -1) : seen;
  return [...kept, next].slice(-most);
}

/** Messages a minute between two looks, at the time of the later. */
export function rates(seen: Seen[]): { at: number; perMinute: number }[] {
  return seen.slice(1).map((each, index) => {
    const before = seen[index] as Seen;
    return { at: each.at, perMinute: ((each.sent - before.sent) * 60_000) / (each.at - before.at) };
  });
}
