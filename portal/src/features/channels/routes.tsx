import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { withWords } from "../../app/i18n";
import { rootRoute } from "../../app/rootRoute";

const worded = withWords(
  "channels",
  () => import("./words"),
  () => import("./words.ar"),
);

const list = createRoute({
  getParentRoute: () => rootRoute,
  path: "/channels",
  component: lazyRouteComponent(
    worded(() => import("./ChannelsPage")),
    "ChannelsPage",
  ),
});

export const channelRoutes = [list] as const;
