import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { withWords } from "../../app/i18n";
import { rootRoute } from "../../app/rootRoute";
import { readContactsSearch } from "./search";

const worded = withWords(
  "contacts",
  () => import("./words"),
  () => import("./words.ar"),
);

const list = createRoute({
  getParentRoute: () => rootRoute,
  path: "/contacts",
  validateSearch: readContactsSearch,
  component: lazyRouteComponent(
    worded(() => import("./ContactsPage")),
    "ContactsPage",
  ),
});

const groups = createRoute({
  getParentRoute: () => rootRoute,
  path: "/contacts/groups",
  component: lazyRouteComponent(
    worded(() => import("./GroupsPage")),
    "GroupsPage",
  ),
});

const bringIn = createRoute({
  getParentRoute: () => rootRoute,
  path: "/contacts/import",
  validateSearch: (given: Record<string, unknown>): { job?: string } =>
    typeof given.job === "string" ? { job: given.job } : {},
  component: lazyRouteComponent(
    worded(() => import("./ImportPage")),
    "ImportPage",
  ),
});

const contact = createRoute({
  getParentRoute: () => rootRoute,
  path: "/contacts/$contactId",
  component: lazyRouteComponent(
    worded(() => import("./ContactPage")),
    "ContactPage",
  ),
});

export const contactRoutes = [list, groups, bringIn, contact] as const;
