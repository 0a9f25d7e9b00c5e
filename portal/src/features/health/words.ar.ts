import type { Partly } from "../../app/locales/partly";
import type { en } from "./words";

export const ar: Partly<typeof en> = {
  title: "حالة المنصة",
  queues: "قوائم الانتظار",
  waiting: "قيد الانتظار",
  state: "الحالة",
};
