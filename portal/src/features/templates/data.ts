import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body } from "../../api/client";

export const channels = queryOptions({
  queryKey: ["channels"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/channels", { signal })),
});

export const templates = (channelId: string) =>
  queryOptions({
    queryKey: ["templates", channelId],
    queryFn: ({ signal }) => body(api.GET("/api/v1/templates", { signal, params: { query: { channelId } } })),
  });

export function useSync(channelId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      body(api.POST("/api/v1/channels/{channelId}/templates/sync", { params: { path: { channelId } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["templates", channelId] }),
  });
}
