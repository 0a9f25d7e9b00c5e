import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { withWords } from "../../app/i18n";
import { rootRoute } from "../../app/rootRoute";

const worded = withWords(
  "desk",
  () => import("./words"),
  () => import("./words.ar"),
);

const queues = createRoute({
  getParentRoute: () => rootRoute,
  path: "/queues",
  component: lazyRouteComponent(
    worded(() => import("./QueuesPage")),
    "QueuesPage",
  ),
});

const cannedReplies = createRoute({
  getParentRoute: () => rootRoute,
  path: "/canned-replies",
  component: lazyRouteComponent(
    worded(() => import("./CannedRepliesPage")),
    "CannedRepliesPage",
  ),
});

export const deskRoutes = [queues, cannedReplies] as const;
