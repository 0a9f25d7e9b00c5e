import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, type Schemas } from "../../api/client";
import { failed } from "../../ui/toasts";

export type Webhook = Schemas["WebhookView"];

const path = (webhookId: string) => ({ params: { path: { webhookId } } });

export const webhooks = queryOptions({
  queryKey: ["webhooks"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/webhooks", { signal })),
});

export const eventTypes = queryOptions({
  queryKey: ["webhook-events"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/webhook-events", { signal })),
  staleTime: 300_000,
});

export const deliveries = (webhookId: string) =>
  queryOptions({
    queryKey: ["webhook", webhookId, "deliveries"],
    queryFn: ({ signal }) => body(api.GET("/api/v1/webhooks/{webhookId}/deliveries", { ...path(webhookId), signal })),
  });

export function useCreate() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (draft: Schemas["WebhookDraft"]) => body(api.POST("/api/v1/webhooks", { body: draft })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["webhooks"] }),
    onError: failed,
  });
}

export function useTest() {
  return useMutation({
    mutationFn: (webhook: Webhook) => body(api.POST("/api/v1/webhooks/{webhookId}/test", path(webhook.id))),
    onError: failed,
  });
}

export function useReplay(webhookId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      body(api.POST("/api/v1/webhooks/{webhookId}/replay", { ...path(webhookId), body: { ids: [id] } })),
    onError: failed,
    onSettled: () => client.invalidateQueries({ queryKey: ["webhook", webhookId] }),
  });
}
