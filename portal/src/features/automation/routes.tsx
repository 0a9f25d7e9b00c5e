import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { withWords } from "../../app/i18n";
import { rootRoute } from "../../app/rootRoute";
import { readBuilderSearch } from "./search";

const worded = withWords(
  "automation",
  () => import("./words"),
  () => import("./words.ar"),
);

const list = createRoute({
  getParentRoute: () => rootRoute,
  path: "/workflows",
  component: lazyRouteComponent(
    worded(() => import("./WorkflowsPage")),
    "WorkflowsPage",
  ),
});

const fresh = createRoute({
  getParentRoute: () => rootRoute,
  path: "/workflows/new",
  validateSearch: (search: Record<string, unknown>): { from?: string } =>
    typeof search.from === "string" ? { from: search.from } : {},
  component: lazyRouteComponent(
    worded(() => import("./builder/NewWorkflowPage")),
    "NewWorkflowPage",
  ),
});

const builder = createRoute({
  getParentRoute: () => rootRoute,
  path: "/workflows/$definitionId",
  validateSearch: readBuilderSearch,
  component: lazyRouteComponent(
    worded(() => import("./builder/WorkflowPage")),
    "WorkflowPage",
  ),
});

export const workflowRoutes = [list, fresh, builder] as const;
