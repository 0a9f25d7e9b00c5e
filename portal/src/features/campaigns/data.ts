import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, body, type Schemas } from "../../api/client";

export type Campaign = Schemas["Campaign"];

export const campaigns = infiniteQueryOptions({
  queryKey: ["campaigns"],
  queryFn: ({ pageParam, signal }) =>
    body(
      api.GET("/api/v1/campaigns", { signal, params: { query: { limit: 50, ...(pageParam && { next: pageParam }) } } }),
    ),
  initialPageParam: "",
  getNextPageParam: (page) => page.next,
});
