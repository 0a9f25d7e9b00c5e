import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { withWords } from "../../app/i18n";
import { rootRoute } from "../../app/rootRoute";

const worded = withWords(
  "webhooks",
  () => import("./words"),
  () => import("./words.ar"),
);

const webhooks = createRoute({
  getParentRoute: () => rootRoute,
  path: "/webhooks",
  component: lazyRouteComponent(
    worded(() => import("./WebhooksPage")),
    "WebhooksPage",
  ),
});

export const webhookRoutes = [webhooks] as const;
