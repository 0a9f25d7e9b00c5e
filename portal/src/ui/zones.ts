/** Time zones to choose from; the browser's own comes first. */
export const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function zones(): string[] {
  const all = Intl.supportedValuesOf("timeZone");
  return [ownZone, ...["UTC", ...all].filter((zone, index, list) => zone !== ownZone && list.indexOf(zone) === index)];
}

/** The moment a wall clock of a zone shows this time: 2026-12-01T09:00 in Asia/Singapore. */
export function momentOf(local: string, zone: string): Date {
  const asUtc = new Date(`${local}Z`).getTime();
  const shift = (at: number) => shiftOf(new Date(at), zone);
  // Twice: the first guess may lie on the other side of a change of the clocks.
  const first = asUtc - shift(asUtc);
  return new Date(asUtc - shift(first));
}

/** What a wall clock of a zone shows at a moment: 2026-12-01T09:00. */
export function wallClock(moment: string, zone: string): string {
  const at = new Date(moment);
  return new Date(at.getTime() + shiftOf(at, zone)).toISOString().slice(0, 16);
}

function shiftOf(at: Date, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const shown = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  return shown - Math.floor(at.getTime() / 1000) * 1000;
}
