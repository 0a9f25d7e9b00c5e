import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { withWords } from "../../app/i18n";
import { rootRoute } from "../../app/rootRoute";

const worded = withWords(
  "settings",
  () => import("./words"),
  () => import("./words.ar"),
);

const settings = createRoute({
  getParentRoute: () => rootRoute,
  path: "/settings",
  component: lazyRouteComponent(
    worded(() => import("./SettingsPage")),
    "SettingsPage",
  ),
});

export const settingsRoutes = [settings] as const;
