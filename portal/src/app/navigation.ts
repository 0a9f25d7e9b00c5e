import { type Icon, IconHistory, IconInbox, IconKey, IconUsers } from "@tabler/icons-react";
import type { Permission } from "../api/session";

export interface Place {
  to: "/inbox" | "/team" | "/api-keys" | "/audit";
  label: "nav.inbox" | "nav.team" | "nav.apiKeys" | "nav.audit";
  icon: Icon;
  permission: Permission;
  /** A second key after `g`: g i goes to the inbox. */
  key: string;
}

/** Every page of the portal that stands in the menu, by the part of the work it belongs to. */
export const PLACES: { group: "nav.work" | "nav.setup"; places: Place[] }[] = [
  {
    group: "nav.work",
    places: [{ to: "/inbox", label: "nav.inbox", icon: IconInbox, permission: "tickets:read", key: "i" }],
  },
  {
    group: "nav.setup",
    places: [
      { to: "/team", label: "nav.team", icon: IconUsers, permission: "users:read", key: "u" },
      { to: "/api-keys", label: "nav.apiKeys", icon: IconKey, permission: "api-keys:read", key: "k" },
      { to: "/audit", label: "nav.audit", icon: IconHistory, permission: "audit:read", key: "l" },
    ],
  },
];

export function placesFor(may: (permission: Permission) => boolean) {
  return PLACES.map(({ group, places }) => ({ group, places: places.filter((place) => may(place.permission)) })).filter(
    ({ places }) => places.length > 0,
  );
}
