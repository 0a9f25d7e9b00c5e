import type { Partly } from "../../app/locales/partly";
import type { en } from "./words";

export const ar: Partly<typeof en> = {
  title: "جهات الاتصال",
  text: "كل من تعرفهم: كيف تصل إليهم، وما تعرفه عنهم، وما وافقوا عليه.",
  search: "ابحث بالأسماء والأرقام",
  name: "الاسم",
  phone: "الهاتف",
  groupsOf: "المجموعات",
  tags: "الوسوم",
  country: "البلد",
  add: "إضافة جهة اتصال",
  import: "استيراد",
  groups: { title: "المجموعات" },
  bring: { title: "استيراد جهات اتصال" },
};
