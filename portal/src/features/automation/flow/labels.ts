import { useTranslation } from "react-i18next";
import { useFormat } from "../../../ui/useFormat";
import { type Condition, read } from "../model/conditions";
import { parse } from "../model/durations";
import type { Way } from "../model/ways";

/** Conditions, durations and ways in words. */
export function useLabels() {
  const { t, i18n } = useTranslation("automation");
  const format = useFormat();

  const duration = (text: string): string => {
    const found = parse(text);
    return found ? t(`duration.${found.unit}`, { count: found.amount, amount: format.number(found.amount) }) : text;
  };

  const condition = (found: Condition): string => {
    switch (found.kind) {
      case "contains":
        return t(found.not ? "says.containsNot" : "says.contains", {
          words: found.words.map((each) => `“${each}”`).join(", "),
        });
      case "equals":
        return t(found.not ? "says.equalsNot" : "says.equals", { text: found.text });
      case "country":
        return t(found.not ? "says.countryNot" : "says.country", {
          country: countryName(found.country, i18n.language),
        });
      case "time":
        return t(found.not ? "says.timeNot" : "says.time", { from: short(found.from), to: short(found.to) });
      case "weekday":
        return t(found.not ? "says.weekdayNot" : "says.weekday", {
          days: found.days.map((day) => t(`day.${day as "Monday"}`)).join(", "),
        });
      case "replied":
        return t("way.replied");
      case "silent":
        return t("way.silent");
      case "custom":
        return found.script || t("says.nothing");
    }
  };

  const way = ({ kind, condition: script }: Way): string =>
    kind === "choice" ? condition(read(script ?? "")) : t(`way.${kind}`);

  return { duration, condition, way };
}

export function countryName(code: string, language: string): string {
  try {
    return new Intl.DisplayNames([language], { type: "region" }).of(code) ?? code;
  } catch {
    return code || "…";
  }
}

function short(time: string): string {
  return time.replace(/:00$/, "");
}
