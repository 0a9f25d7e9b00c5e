import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, type Schemas } from "../../api/client";

export type Channel = Schemas["ChannelShape"];

export const subaccounts = queryOptions({
  queryKey: ["subaccounts"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/subaccounts", { signal })),
});

export function useConnect() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (draft: Schemas["ChannelDraft"]) => body(api.POST("/api/v1/channels", { body: draft })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["channels"] }),
  });
}

export function useRefresh(channelId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => body(api.POST("/api/v1/channels/{channelId}/refresh", { params: { path: { channelId } } })),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["channels"] }),
        client.invalidateQueries({ queryKey: ["templates"] }),
      ]),
  });
}

export function useChangeChannel(channelId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: Partial<Schemas["ChannelChange"]>) =>
      body(
        api.PATCH("/api/v1/channels/{channelId}", {
          params: { path: { channelId } },
          body: change as never,
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: ["channels"] }),
  });
}
