import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../../app/rootRoute";
import { readSearch } from "./views";

const inbox = createRoute({
  getParentRoute: () => rootRoute,
  path: "/inbox",
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import("./InboxPage"), "InboxPage"),
});

const noTicket = createRoute({
  getParentRoute: () => inbox,
  path: "/",
  component: lazyRouteComponent(() => import("./NoTicket"), "NoTicket"),
});

const ticket = createRoute({
  getParentRoute: () => inbox,
  path: "$ticketId",
  component: lazyRouteComponent(() => import("./TicketPage"), "TicketPage"),
});

export const inboxRoutes = [inbox.addChildren([noTicket, ticket])] as const;
