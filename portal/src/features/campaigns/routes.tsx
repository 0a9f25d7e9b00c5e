import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { withWords } from "../../app/i18n";
import { rootRoute } from "../../app/rootRoute";

const worded = withWords("campaigns", () => import("./words"));

const list = createRoute({
  getParentRoute: () => rootRoute,
  path: "/campaigns",
  component: lazyRouteComponent(
    worded(() => import("./CampaignsPage")),
    "CampaignsPage",
  ),
});

export const campaignRoutes = [list] as const;
