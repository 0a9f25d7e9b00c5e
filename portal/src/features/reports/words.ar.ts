import type { Partly } from "../../app/locales/partly";
import type { en } from "./words";

export const ar: Partly<typeof en> = {
  title: "التقارير",
  waiting: "في الانتظار",
  queue: "قائمة الانتظار",
  resolved: "محلولة",
};
