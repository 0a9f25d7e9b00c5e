/** Times, dates and numbers as people of the page's language write them. Pure: `now` is given where it matters. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function number(value: number, language: string): string {
  return new Intl.NumberFormat(language).format(value);
}

export function percent(part: number, whole: number, language: string): string {
  const format = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  return format.format(whole === 0 ? 0 : part / whole);
}

/** A size in its largest unit: 812 kB, 3.4 MB. */
export function bytes(value: number, language: string): string {
  const [size, unit] = value < 1e6 ? [value / 1e3, "kilobyte"] : [value / 1e6, "megabyte"];
  const format = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: size < 10 ? 1 : 0 } as const;
  return new Intl.NumberFormat(language, format).format(size);
}

export function money(value: number, currency: string, language: string): string {
  return new Intl.NumberFormat(language, { style: "currency", currency }).format(value);
}

/** The name of an ISO country; what is none stays as it is. */
export function country(code: string, language: string): string {
  return /^[A-Z]{2}$/.test(code) ? (new Intl.DisplayNames(language, { type: "region" }).of(code) ?? code) : code;
}

export function clockTime(at: string | Date, language: string): string {
  return new Date(at).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
}

export function dateTime(at: string | Date, language: string, timeZone?: string): string {
  return new Date(at).toLocaleString(language, { dateStyle: "medium", timeStyle: "short", timeZone });
}

/** How long ago, in one unit: 45s, 2m, 19h, 3d. */
export function age(from: string | Date, now: number, language: string): string {
  return span(Math.max(0, now - new Date(from).getTime()), language);
}

/** A length of time in its largest unit, rounded down. */
export function span(ms: number, language: string): string {
  const [value, unit] =
    ms < MINUTE
      ? [Math.floor(ms / 1000), "second"]
      : ms < HOUR
        ? [Math.floor(ms / MINUTE), "minute"]
        : ms < DAY
          ? [Math.floor(ms / HOUR), "hour"]
          : [Math.floor(ms / DAY), "day"];
  return new Intl.NumberFormat(language, { style: "unit", unit: unit as string, unitDisplay: "narrow" }).format(
    value as number,
  );
}

/** A length of time in two units, to count down by: 23h 58m, 4m 10s. */
export function countdown(ms: number, language: string): string {
  if (ms <= 0) return span(0, language);
  const large = ms >= DAY ? DAY : ms >= HOUR ? HOUR : MINUTE;
  const rest = ms % large;
  if (ms < MINUTE || (rest < MINUTE && large !== MINUTE)) return span(ms, language);
  return `${span(ms - rest, language)} ${span(rest, language)}`;
}

/** Today, yesterday, or the date: what stands between two days of a conversation. */
export function day(at: string | Date, now: number, language: string): string {
  const then = new Date(at);
  const days = Math.round((startOfDay(new Date(now)) - startOfDay(then)) / DAY);
  if (days === 0 || days === 1)
    return capital(new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-days, "day"));
  const year = then.getFullYear() === new Date(now).getFullYear() ? undefined : "numeric";
  return then.toLocaleDateString(language, { weekday: "short", day: "numeric", month: "short", year });
}

/** The two letters a person is shown by. */
export function initials(name: string): string {
  const words = name
    .replace(/[^\p{L}\p{N}\s]/gu, " ")
    .trim()
    .split(/\s+/)
    .filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return (
    letters
      .map((word) => [...(word ?? "")][0] ?? "")
      .join("")
      .toUpperCase() || "?"
  );
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
