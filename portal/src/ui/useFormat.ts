import { useTranslation } from "react-i18next";
import * as format from "./format";

/** format.ts in the page's language. */
export function useFormat() {
  const { i18n } = useTranslation();
  // English as this browser writes it: 16:02 or 4:02 PM.
  const language = navigator.languages.find((each) => each.split("-")[0] === i18n.language) ?? i18n.language;
  return {
    number: (value: number) => format.number(value, language),
    percent: (part: number, whole: number) => format.percent(part, whole, language),
    bytes: (value: number) => format.bytes(value, language),
    money: (value: number, currency: string) => format.money(value, currency, language),
    country: (code: string) => format.country(code, language),
    clockTime: (at: string | Date) => format.clockTime(at, language),
    dateTime: (at: string | Date, timeZone?: string) => format.dateTime(at, language, timeZone),
    age: (from: string | Date, now: number) => format.age(from, now, language),
    span: (ms: number) => format.span(ms, language),
    countdown: (ms: number) => format.countdown(ms, language),
    day: (at: string | Date, now: number) => format.day(at, now, language),
  };
}
