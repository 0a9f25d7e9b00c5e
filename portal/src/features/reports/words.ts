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
  period: "What was done",
  length: "How many days",
  days_one: "{{count}} day",
  days_other: "{{count}} days",
  byDay: "Tickets by day",
  by: "By what",
  groups: { day: "Day", queue: "Queue", agent: "Agent", channel: "Channel" },
  created: "New",
  messagesIn: "Received",
  messagesOut: "Sent",
  firstResponse: "First answer",
  resolution: "To the end",
  none: "No queue to report on",
  noneText: "You see the queues you answer for.",
};

export const ar: Partly<typeof en> = {
  title: "التقارير",
  waiting: "في الانتظار",
  queue: "قائمة الانتظار",
  resolved: "محلولة",
};
