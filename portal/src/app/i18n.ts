import i18next, { type TypeOptions } from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "./locales/en";

type Resources = TypeOptions["resources"];

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

/** The texts of a feature, a namespace of their own beside the common ones: `useTranslation("campaigns")` knows both. */
export interface Words {
  en: object;
  ar: object;
}

/** Loads a feature's texts together with the page that shows them. */
export function withWords(namespace: keyof Resources, words: () => Promise<Words>) {
  return <Page>(page: () => Promise<Page>) =>
    async (): Promise<Page> => {
      const [loaded, { en, ar }] = await Promise.all([page(), words()]);
      i18next.addResourceBundle("en", namespace, en);
      i18next.addResourceBundle("ar", namespace, ar);
      return loaded;
    };
}

i18next.use(initReactI18next).init({
  lng: "en",
  fallbackLng: "en",
  fallbackNS: "translation",
  resources: { en: { translation: en } },
  interpolation: { escapeValue: false },
});
if (language() !== "en") setLanguage(language());
