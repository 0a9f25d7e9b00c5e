import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { withWords } from "../../app/i18n";
import { rootRoute } from "../../app/rootRoute";
import { readCampaignSearch, readReportSearch, readWizardSearch } from "./search";

const worded = withWords(
  "campaigns",
  () => import("./words"),
  () => import("./words.ar"),
);

const list = createRoute({
  getParentRoute: () => rootRoute,
  path: "/campaigns",
  validateSearch: readCampaignSearch,
  component: lazyRouteComponent(
    worded(() => import("./CampaignsPage")),
    "CampaignsPage",
  ),
});

const fresh = createRoute({
  getParentRoute: () => rootRoute,
  path: "/campaigns/new",
  component: lazyRouteComponent(
    worded(() => import("./wizard/NewCampaignPage")),
    "NewCampaignPage",
  ),
});

const wizard = createRoute({
  getParentRoute: () => rootRoute,
  path: "/campaigns/$campaignId/edit",
  validateSearch: readWizardSearch,
  component: lazyRouteComponent(
    worded(() => import("./wizard/WizardPage")),
    "WizardPage",
  ),
});

const report = createRoute({
  getParentRoute: () => rootRoute,
  path: "/campaigns/$campaignId",
  validateSearch: readReportSearch,
  component: lazyRouteComponent(
    worded(() => import("./report/ReportPage")),
    "ReportPage",
  ),
});

export const campaignRoutes = [list, fresh, wizard, report] as const;
