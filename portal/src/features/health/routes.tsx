import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { withWords } from "../../app/i18n";
import { rootRoute } from "../../app/rootRoute";

const worded = withWords(
  "health",
  () => import("./words"),
  () => import("./words.ar"),
);

const health = createRoute({
  getParentRoute: () => rootRoute,
  path: "/health",
  component: lazyRouteComponent(
    worded(() => import("./HealthPage")),
    "HealthPage",
  ),
});

export const healthRoutes = [health] as const;
