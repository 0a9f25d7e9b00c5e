import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "./locales/en";

export const LANGUAGES = { en: { name: "English", dir: "ltr" }, ar: { name: "العربية", dir: "rtl" } } as const;
export type Language = keyof typeof LANGUAGES;

const KEPT = "parley.language";

export function language(): Language {
  const kept = localStorage.getItem(KEPT);
  return kept && kept in LANGUAGES ? (kept as Language) : "en";
}

/** Only the language in use is loaded; English is there always, for what another has no words for. */
export async function setLanguage(next: Language): Promise<void> {
  if (next === "ar") i18next.addResourceBundle("ar", "translation", (await import("./locales/ar")).ar);
  localStorage.setItem(KEPT, next);
  document.documentElement.lang = next;
  document.documentElement.dir = LANGUAGES[next].dir;
  await i18next.changeLanguage(next);
}

i18next.use(initReactI18next).init({
  lng: "en",
  fallbackLng: "en",
  resources: { en: { translation: en } },
  interpolation: { escapeValue: false },
});
if (language() !== "en") setLanguage(language());
