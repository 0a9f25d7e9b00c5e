import {
  type Icon,
  IconAddressBook,
  IconChartBar,
  IconDeviceMobile,
  IconFilter,
  IconHeartbeat,
  IconHistory,
  IconHourglass,
  IconInbox,
  IconKey,
  IconMessage2Bolt,
  IconRoute,
  IconSettings,
  IconSitemap,
  IconSpeakerphone,
  IconTemplate,
  IconUsers,
  IconWebhook,
} from "@tabler/icons-react";
import type { Permission } from "../api/session";
import type { en } from "./locales/en";

interface Entry {
  to: `/${string}`;
  label: `nav.${keyof typeof en.nav}`;
  icon: Icon;
  permission: Permission;
  /** A second key after `g`: g i goes to the inbox. */
  key: string;
}

// biome-ignore format: a page is a line
const WORK = [
  { to: "/inbox", label: "nav.inbox", icon: IconInbox, permission: "tickets:read", key: "i" },
  { to: "/campaigns", label: "nav.campaigns", icon: IconSpeakerphone, permission: "campaigns:read", key: "c" },
  { to: "/contacts", label: "nav.contacts", icon: IconAddressBook, permission: "contacts:read", key: "o" },
  { to: "/segments", label: "nav.segments", icon: IconFilter, permission: "contacts:read", key: "s" },
  { to: "/workflows", label: "nav.workflows", icon: IconSitemap, permission: "workflows:read", key: "w" },
  { to: "/reports", label: "nav.reports", icon: IconChartBar, permission: "reports:read", key: "p" },
] as const satisfies Entry[];

// biome-ignore format: a page is a line
const SETUP = [
  { to: "/queues", label: "nav.queues", icon: IconRoute, permission: "queues:read", key: "q" },
  { to: "/canned-replies", label: "nav.cannedReplies", icon: IconMessage2Bolt, permission: "canned-replies:read", key: "r" },
  { to: "/settings", label: "nav.settings", icon: IconSettings, permission: "settings:write", key: "d" },
  { to: "/templates", label: "nav.templates", icon: IconTemplate, permission: "templates:read", key: "t" },
  { to: "/channels", label: "nav.channels", icon: IconDeviceMobile, permission: "channels:read", key: "n" },
  { to: "/team", label: "nav.team", icon: IconUsers, permission: "users:read", key: "u" },
  { to: "/webhooks", label: "nav.webhooks", icon: IconWebhook, permission: "webhooks:read", key: "h" },
  { to: "/api-keys", label: "nav.apiKeys", icon: IconKey, permission: "api-keys:read", key: "k" },
  { to: "/audit", label: "nav.audit", icon: IconHistory, permission: "audit:read", key: "l" },
  { to: "/retention", label: "nav.retention", icon: IconHourglass, permission: "settings:read", key: "y" },
  { to: "/health", label: "nav.health", icon: IconHeartbeat, permission: "health:read", key: "e" },
] as const satisfies Entry[];

export type Place = (typeof WORK | typeof SETUP)[number];

/** Every page of the portal that stands in the menu, by the part of the work it belongs to. */
export const PLACES: { group: "nav.work" | "nav.setup"; places: Place[] }[] = [
  { group: "nav.work", places: [...WORK] },
  { group: "nav.setup", places: [...SETUP] },
];

export function placesFor(may: (permission: Permission) => boolean) {
  return PLACES.map(({ group, places }) => ({ group, places: places.filter((place) => may(place.permission)) })).filter(
    ({ places }) => places.length > 0,
  );
}
