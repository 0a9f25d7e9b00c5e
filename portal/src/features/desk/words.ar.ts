import type { Partly } from "../../app/locales/partly";
import type { en } from "./words";

export const ar: Partly<typeof en> = {
  queues: {
    title: "قوائم الانتظار والقواعد",
    name: "قائمة الانتظار",
    rules: "تستقبل",
    members: "الأعضاء",
    everybody: "الجميع",
    create: "قائمة جديدة",
    all: "كل ما عدا ذلك",
    byHand: "يدويًا فقط",
  },
  try: { title: "جرّبها", action: "جرّبها", channel: "القناة", country: "البلد" },
  replies: { title: "الردود الجاهزة", create: "رد جديد", name: "العنوان", body: "النص" },
};
