import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { withWords } from "../../app/i18n";
import { rootRoute } from "../../app/rootRoute";

const worded = withWords(
  "retention",
  () => import("./words"),
  () => import("./words.ar"),
);

const retention = createRoute({
  getParentRoute: () => rootRoute,
  path: "/retention",
  component: lazyRouteComponent(
    worded(() => import("./RetentionPage")),
    "RetentionPage",
  ),
});

export const retentionRoutes = [retention] as const;
