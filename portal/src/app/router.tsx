import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { readSearch } from "../features/inbox/views";
import { NotFound } from "./NotFound";
import { PageError } from "./PageError";
import { Root } from "./Root";

const root = createRootRoute({ component: Root, notFoundComponent: NotFound });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/inbox", replace: true });
  },
});

const inbox = createRoute({
  getParentRoute: () => root,
  path: "/inbox",
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import("../features/inbox/InboxPage"), "InboxPage"),
});

const noTicket = createRoute({
  getParentRoute: () => inbox,
  path: "/",
  component: lazyRouteComponent(() => import("../features/inbox/NoTicket"), "NoTicket"),
});

const ticket = createRoute({
  getParentRoute: () => inbox,
  path: "$ticketId",
  component: lazyRouteComponent(() => import("../features/inbox/TicketPage"), "TicketPage"),
});

const team = createRoute({
  getParentRoute: () => root,
  path: "/team",
  component: lazyRouteComponent(() => import("../features/access/TeamPage"), "TeamPage"),
});

const apiKeys = createRoute({
  getParentRoute: () => root,
  path: "/api-keys",
  component: lazyRouteComponent(() => import("../features/access/ApiKeysPage"), "ApiKeysPage"),
});

const audit = createRoute({
  getParentRoute: () => root,
  path: "/audit",
  component: lazyRouteComponent(() => import("../features/access/AuditPage"), "AuditPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([home, inbox.addChildren([noTicket, ticket]), team, apiKeys, audit]),
  defaultPreload: "intent",
  defaultErrorComponent: PageError,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
