import { createRoute, createRouter, redirect } from "@tanstack/react-router";
import { accessRoutes } from "../features/access/routes";
import { workflowRoutes } from "../features/automation/routes";
import { campaignRoutes } from "../features/campaigns/routes";
import { channelRoutes } from "../features/channels/routes";
import { contactRoutes } from "../features/contacts/routes";
import { deskRoutes } from "../features/desk/routes";
import { healthRoutes } from "../features/health/routes";
import { inboxRoutes } from "../features/inbox/routes";
import { reportRoutes } from "../features/reports/routes";
import { retentionRoutes } from "../features/retention/routes";
import { segmentRoutes } from "../features/segments/routes";
import { settingsRoutes } from "../features/settings/routes";
import { templateRoutes } from "../features/templates/routes";
import { webhookRoutes } from "../features/webhooks/routes";
import { PageError } from "./PageError";
import { rootRoute } from "./rootRoute";

const home = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/inbox", replace: true });
  },
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    home,
    ...inboxRoutes,
    ...campaignRoutes,
    ...contactRoutes,
    ...segmentRoutes,
    ...templateRoutes,
    ...channelRoutes,
    ...workflowRoutes,
    ...reportRoutes,
    ...deskRoutes,
    ...settingsRoutes,
    ...webhookRoutes,
    ...accessRoutes,
    ...healthRoutes,
    ...retentionRoutes,
  ]),
  defaultPreload: "intent",
  defaultErrorComponent: PageError,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
