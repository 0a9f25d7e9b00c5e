import type { Partly } from "../../app/locales/partly";
import type { en } from "./words";

export const ar: Partly<typeof en> = {
  title: "القوالب",
  text: "رسائل وافقت عليها Meta. هي وحدها التي تبدأ محادثة.",
  search: "ابحث في الأسماء والنصوص",
  name: "القالب",
  status: "الحالة",
  category: "الفئة",
  language: "اللغة",
  quality: "الجودة",
};
