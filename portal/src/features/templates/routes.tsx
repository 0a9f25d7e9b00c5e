import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { withWords } from "../../app/i18n";
import { rootRoute } from "../../app/rootRoute";
import { readBuilderSearch, readTemplatesSearch } from "./search";

const worded = withWords(
  "templates",
  () => import("./words"),
  () => import("./words.ar"),
);

const list = createRoute({
  getParentRoute: () => rootRoute,
  path: "/templates",
  validateSearch: readTemplatesSearch,
  component: lazyRouteComponent(
    worded(() => import("./TemplatesPage")),
    "TemplatesPage",
  ),
});

const builder = createRoute({
  getParentRoute: () => rootRoute,
  path: "/templates/new",
  validateSearch: readBuilderSearch,
  component: lazyRouteComponent(
    worded(() => import("./builder/BuilderPage")),
    "BuilderPage",
  ),
});

export const templateRoutes = [list, builder] as const;
