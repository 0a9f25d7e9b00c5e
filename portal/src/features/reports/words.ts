import type { Partly } from "../../app/locales/partly";

export const en = {
  title: "Reports",
  now: "The desk as it is now; it keeps itself up to date.",
  waiting: "Waiting",
  assigned: "In hand",
  pending: "Waiting for the customer",
  onHold: "On hold",
  longest: "Longest wait",
  team: "Available",
  ofPeople: "{{available}} of {{all}}",
  load: "{{load}} of {{capacity}} places taken",
  chart: "Tickets by queue",
  table: "Queues now",
  queue: "Queue",
  resolved: "Resolved",
  none: "No queue to report on",
  noneText: "You see the queues you answer for.",
};

export const ar: Partly<typeof en> = {
  title: "التقارير",
  waiting: "في الانتظار",
  queue: "قائمة الانتظار",
  resolved: "محلولة",
};
