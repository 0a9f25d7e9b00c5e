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

type Namespace = keyof Resources;

/** Where the Arabic words of what has been opened come from: they are loaded when somebody chooses Arabic. */
const arabic = new Map<Namespace, () => Promise<{ ar: object }>>([["translation", () => import("./locales/ar")]]);

/** Only the language in use is loaded; English is there always, for what another has no words for. */
export async function setLanguage(next: Language): Promise<void> {
  if (next === "ar") await Promise.all([...arabic.keys()].map(addArabic));
  localStorage.setItem(KEPT, next);
  document.documentElement.lang = next;
  document.documentElement.dir = LANGUAGES[next].dir;
  await i18next.changeLanguage(next);
}

async function addArabic(namespace: Namespace): Promise<void> {
  const words = await arabic.get(namespace)?.();
  if (words) i18next.addResourceBundle("ar", namespace, words.ar);
}

/** Loads a feature's texts, a namespace of their own beside the common ones, together with the page that shows them. */
export function withWords(
  namespace: Namespace,
  words: () => Promise<{ en: object }>,
  inArabic: () => Promise<{ ar: object }>,
) {
  return <Page>(page: () => Promise<Page>) =>
    async (): Promise<Page> => {
      arabic.set(namespace, inArabic);
      const [loaded, { en }] = await Promise.all([page(), words(), language() === "ar" && addArabic(namespace)]);
      i18next.addResourceBundle("en", namespace, en);
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
/** Nothing is shown before the words of the chosen language are there. */
export const ready: Promise<void> = language() === "en" ? Promise.resolve() : setLanguage(language());
