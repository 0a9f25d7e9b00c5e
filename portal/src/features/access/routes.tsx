import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../../app/rootRoute";

const team = createRoute({
  getParentRoute: () => rootRoute,
  path: "/team",
  component: lazyRouteComponent(() => import("./TeamPage"), "TeamPage"),
});

const apiKeys = createRoute({
  getParentRoute: () => rootRoute,
  path: "/api-keys",
  component: lazyRouteComponent(() => import("./ApiKeysPage"), "ApiKeysPage"),
});

const audit = createRoute({
  getParentRoute: () => rootRoute,
  path: "/audit",
  component: lazyRouteComponent(() => import("./AuditPage"), "AuditPage"),
});

export const accessRoutes = [team, apiKeys, audit] as const;
