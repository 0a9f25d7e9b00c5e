import type { Partly } from "../../app/locales/partly";
import type { en } from "./words";

export const ar: Partly<typeof en> = { title: "الويب هوك", name: "الاسم", state: "الحالة" };
