import type { Partly } from "../../app/locales/partly";
import type { en } from "./words";

export const ar: Partly<typeof en> = {
  title: "مدة الاحتفاظ",
  class: "ماذا",
  days: "أيام الاحتفاظ",
  forGood: "حتى الحذف",
  save: "حفظ",
};
