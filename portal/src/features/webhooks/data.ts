import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, type Schemas } from "../../api/client";

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

export const STATES = ["waiting", "delivered", "parked"] as const;
export type DeliveryState = Schemas["DeliveryView"]["state"];

export const deliveries = (webhookId: string, state: DeliveryState | undefined) =>
  infiniteQueryOptions({
    queryKey: ["webhook", webhookId, "deliveries", state],
    queryFn: ({ signal, pageParam }) =>
      body(
        api.GET("/api/v1/webhooks/{webhookId}/deliveries", {
          params: {
            path: { webhookId },
            query: { limit: 50, ...(state && { state }), ...(pageParam && { next: pageParam }) },
          },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
  });

export function useCreate() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (draft: Schemas["WebhookDraft"]) => body(api.POST("/api/v1/webhooks", { body: draft })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["webhooks"] }),
  });
}

/** Changes exactly what was seen: when somebody was faster, nothing is changed and the list is read again. */
export function useChange() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ webhook, change }: { webhook: Webhook; change: Schemas["WebhookChange"] }) =>
      body(
        api.PATCH("/api/v1/webhooks/{webhookId}", {
          params: { path: { webhookId: webhook.id }, header: { "If-Match": `"${webhook.version}"` } },
          body: change,
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: ["webhooks"] }),
  });
}

export function useRemove() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (webhookId: string) => body(api.DELETE("/api/v1/webhooks/{webhookId}", path(webhookId))),
    onSettled: () => client.invalidateQueries({ queryKey: ["webhooks"] }),
  });
}

export function useNewSecret() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (webhookId: string) => body(api.POST("/api/v1/webhooks/{webhookId}/secret", path(webhookId))),
    onSettled: () => client.invalidateQueries({ queryKey: ["webhooks"] }),
  });
}

export function useTest() {
  return useMutation({
    mutationFn: (webhook: Webhook) => body(api.POST("/api/v1/webhooks/{webhookId}/test", path(webhook.id))),
  });
}

export function useReplay(webhookId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (ids: string[]) =>
      body(api.POST("/api/v1/webhooks/{webhookId}/replay", { ...path(webhookId), body: { ids } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["webhook", webhookId] }),
  });
}
