import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { withWords } from "../../app/i18n";
import { rootRoute } from "../../app/rootRoute";

const worded = withWords(
  "segments",
  () => import("./words"),
  () => import("./words.ar"),
);

const list = createRoute({
  getParentRoute: () => rootRoute,
  path: "/segments",
  component: lazyRouteComponent(
    worded(() => import("./SegmentsPage")),
    "SegmentsPage",
  ),
});

const fresh = createRoute({
  getParentRoute: () => rootRoute,
  path: "/segments/new",
  component: lazyRouteComponent(
    worded(() => import("./SegmentPage")),
    "NewSegmentPage",
  ),
});

const one = createRoute({
  getParentRoute: () => rootRoute,
  path: "/segments/$segmentId",
  component: lazyRouteComponent(
    worded(() => import("./SegmentPage")),
    "SegmentPage",
  ),
});

export const segmentRoutes = [list, fresh, one] as const;
