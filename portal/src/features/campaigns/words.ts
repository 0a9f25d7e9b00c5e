import type { Partly } from "../../app/locales/partly";

export const en = {
  title: "Campaigns",
  text: "One message to many people, each with their own values.",
  name: "Campaign",
  state: "State",
  states: {
    draft: "Draft",
    needs_approval: "Needs approval",
    scheduled: "Scheduled",
    too_late: "Too late",
    preparing: "Preparing",
    sending: "Sending",
    paused: "Paused",
    completed: "Completed",
    cancelled: "Cancelled",
    failed: "Failed",
  },
};

export const ar: Partly<typeof en> = {
  title: "الحملات",
  text: "رسالة واحدة إلى كثيرين، لكلٍّ قيمه الخاصة.",
  name: "الحملة",
  state: "الحالة",
};
