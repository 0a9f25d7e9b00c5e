/** What the delivery step holds, and the change of the campaign it comes to. Pure. */
import { momentOf, wallClock } from "../../../ui/zones";
import type { Campaign, Change } from "../data";

export const UNITS = ["minute", "hour", "day"] as const;
export type Unit = (typeof UNITS)[number];
export const WEEK = [1, 2, 3, 4, 5, 6, 7];

export interface Wanted {
  when: "now" | "later";
  at: string;
  zone: string;
  hours: "any" | "some";
  start: string;
  end: string;
  days: number[];
  hoursZone: string;
  speed: "full" | "limited";
  messages: number | string;
  per: Unit;
}

export function wantedOf(campaign: Campaign, ownZone: string): Wanted {
  const { delivery, pace } = campaign;
  const time = timeOf(campaign);
  return {
    when: time ? "later" : "now",
    at: time?.at ?? "",
    zone: time?.zone ?? ownZone,
    hours: delivery ? "some" : "any",
    start: delivery?.start.slice(0, 5) ?? "09:00",
    end: delivery?.end.slice(0, 5) ?? "20:00",
    days: delivery?.days ?? WEEK,
    hoursZone: delivery?.timeZone ?? ownZone,
    speed: pace ? "limited" : "full",
    messages: pace?.messages ?? 100,
    per: pace?.per ?? "minute",
  };
}

/** When it is meant to go out, as a clock in its zone shows it; what is scheduled is meant for its time. */
export function timeOf({ schedule, wish }: Campaign): { at: string; zone: string } | undefined {
  const meant = schedule ?? wish;
  return meant ? { at: wallClock(meant.at, meant.timeZone), zone: meant.timeZone } : undefined;
}

export type Wrong = "past" | "noTime" | "hours" | "days" | "messages";

/** The first thing that keeps it from being saved. */
export function wrongWith(wanted: Wanted, now: number): Wrong | undefined {
  if (wanted.when === "later" && !wanted.at) return "noTime";
  if (wanted.when === "later" && momentOf(wanted.at, wanted.zone).getTime() <= now) return "past";
  if (wanted.hours === "some" && !(minutes(wanted.end) - minutes(wanted.start) >= 30)) return "hours";
  if (wanted.hours === "some" && wanted.days.length === 0) return "days";
  if (wanted.speed === "limited" && !(Number(wanted.messages) >= 1)) return "messages";
  return undefined;
}

function minutes(time: string): number {
  const [hour, minute] = time.split(":").map(Number);
  return (hour ?? Number.NaN) * 60 + (minute ?? Number.NaN);
}

/** What of it the campaign does not know yet; undefined when it knows all. */
export function changeOf(campaign: Campaign, wanted: Wanted): Change | undefined {
  const before = asked(wantedOf(campaign, wanted.zone));
  const after = asked(wanted);
  const names = (["wish", "pace", "delivery"] as const).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  return names.length > 0 ? Object.fromEntries(names.map((name) => [name, after[name]])) : undefined;
}

function asked(wanted: Wanted) {
  const { when, at, zone, hours, start, end, days, hoursZone, speed, messages, per } = wanted;
  return {
    wish: when === "later" ? { at, timeZone: zone } : null,
    pace: speed === "limited" ? { messages: Number(messages), per } : null,
    delivery: hours === "some" ? { start, end, days: [...days].sort(), timeZone: hoursZone } : null,
  };
}
