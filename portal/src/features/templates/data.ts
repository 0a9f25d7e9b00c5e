import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body } from "../../api/client";

export const templates = (channelId: string) =>
  queryOptions({
    queryKey: ["templates", channelId],
    queryFn: ({ signal }) => body(api.GET("/api/v1/templates", { signal, params: { query: { channelId } } })),
  });

const at = (channelId: string, { name, language }: { name: string; language: string }) => ({
  params: { path: { channelId, name, language } },
});

export const usage = (channelId: string, of: { name: string; language: string }) =>
  queryOptions({
    queryKey: ["templates", channelId, of.name, of.language, "usage"],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/channels/{channelId}/templates/{name}/{language}/usage", { signal, ...at(channelId, of) })),
  });

export const performance = (channelId: string, of: { name: string; language: string }) =>
  queryOptions({
    queryKey: ["templates", channelId, of.name, of.language, "performance"],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/channels/{channelId}/templates/{name}/{language}/performance", {
          signal,
          ...at(channelId, of),
        }),
      ),
  });

/** `force` also while somebody uses it. */
export function useDelete(channelId: string, of: { name: string; language: string }) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (force: boolean) => {
      const { path } = at(channelId, of).params;
      return body(
        api.DELETE("/api/v1/channels/{channelId}/templates/{name}/{language}", { params: { path, query: { force } } }),
      );
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["templates", channelId], exact: true }),
  });
}

export function useSync(channelId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      body(api.POST("/api/v1/channels/{channelId}/templates/sync", { params: { path: { channelId } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["templates", channelId] }),
  });
}
