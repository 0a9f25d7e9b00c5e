/** What several parts of the page ask of Converse: who works, in which queues, under which settings. */
import { queryOptions } from "@tanstack/react-query";
import { api, body } from "./client";

export const agents = queryOptions({
  queryKey: ["agents"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/agents", { signal })),
});

export const queues = queryOptions({
  queryKey: ["queues"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/queues", { signal })),
});

export const deskSettings = queryOptions({
  queryKey: ["desk-settings"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/converse/settings", { signal })),
  staleTime: 300_000,
});

export const agent = (agentId: string) =>
  queryOptions({
    queryKey: ["agents", agentId],
    queryFn: ({ signal }) => body(api.GET("/api/v1/agents/{agentId}", { signal, params: { path: { agentId } } })),
  });
