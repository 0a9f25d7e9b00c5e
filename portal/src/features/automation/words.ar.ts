import type { Partly } from "../../app/locales/partly";
import type { en } from "./words";

export const ar: Partly<typeof en> = {
  title: "سير العمل",
  text: "ما يحدث تلقائيًا عندما يكتب العملاء: إجابات وأسئلة واتصالات بأنظمة أخرى وتذاكر.",
  list: {
    new: "سير عمل جديد",
    name: "سير العمل",
    trigger: "يبدأ بـ",
    status: "الحالة",
    version: "الإصدار",
    versionOf: "الإصدار {{version}}",
    changed: "آخر تغيير",
    runs: "عمليات التشغيل",
    delete: "حذف",
  },
  status: { enabled: "مفعّل", disabled: "معطّل" },
  tabs: { build: "بناء", tests: "اختبارات", versions: "الإصدارات", runs: "عمليات التشغيل" },
  builder: { save: "حفظ", undo: "تراجع", redo: "إعادة", enabled: "مفعّل" },
  trigger: { title: "المشغّل" },
};
