import type { Partly } from "../../app/locales/partly";
import type { en } from "./words";

export const ar: Partly<typeof en> = {
  title: "القنوات",
  text: "أرقام واتساب التي ترسل منها، وحالها.",
  quality: "الجودة",
  tier: "الحد",
  speed: "السرعة",
};
