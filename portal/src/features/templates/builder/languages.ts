/** The languages Meta takes templates in, most of them. */
export const LANGUAGES = [
  "af", "ar", "az", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "en_GB", "en_US", "es", "es_AR", "es_ES", "es_MX",
  "et", "fa", "fi", "fil", "fr", "gu", "ha", "he", "hi", "hr", "hu", "id", "it", "ja", "ka", "kk", "kn", "ko", "lo", "lt",
  "lv", "mk", "ml", "mr", "ms", "nb", "nl", "pa", "pl", "pt_BR", "pt_PT", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "sw",
  "ta", "te", "th", "tr", "uk", "ur", "uz", "vi", "zh_CN", "zh_HK", "zh_TW", "zu",
]; // biome-ignore format: a list to look things up in

export function languageOptions(inLanguage: string) {
  const names = new Intl.DisplayNames(inLanguage, { type: "language" });
  return LANGUAGES.map((value) => ({ value, label: `${names.of(value.replace("_", "-")) ?? value} (${value})` }));
}
