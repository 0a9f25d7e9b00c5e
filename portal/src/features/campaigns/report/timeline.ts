/** A run's messages over time, as bars. Pure. */
import type { Moment } from "../data";

export type Per = "minute" | "hour" | "day";

const LENGTH: Record<Per, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const MOST = 90;

/** How fine a picture of so long a run is readable. */
export function fineness(startedAt: string, endedAt: string): Per {
  const span = Date.parse(endedAt) - Date.parse(startedAt);
  return span <= MOST * LENGTH.minute ? "minute" : span <= MOST * LENGTH.hour ? "hour" : "day";
}

export interface Bar {
  at: number;
  sent: number;
  failed: number;
}

/** A bar for each time from the first to the last in which something went out, the empty ones between them too. */
export function bars(moments: Moment[], per: Per): Bar[] {
  const known = new Map(moments.map((each) => [Date.parse(each.at), each]));
  const times = moments.filter((each) => each.accepted + each.failed > 0).map((each) => Date.parse(each.at));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  if (times.length === 0) return [];
  const count = Math.round((last - first) / LENGTH[per]) + 1;
  return Array.from({ length: count }, (_, index) => {
    const at = first + index * LENGTH[per];
    return { at, sent: known.get(at)?.accepted ?? 0, failed: known.get(at)?.failed ?? 0 };
  });
}
