import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { withWords } from "../../app/i18n";
import { rootRoute } from "../../app/rootRoute";

const worded = withWords(
  "reports",
  () => import("./words"),
  () => import("./words.ar"),
);

const reports = createRoute({
  getParentRoute: () => rootRoute,
  path: "/reports",
  component: lazyRouteComponent(
    worded(() => import("./ReportsPage")),
    "ReportsPage",
  ),
});

export const reportRoutes = [reports] as const;
