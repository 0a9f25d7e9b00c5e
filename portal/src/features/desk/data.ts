import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, type Schemas } from "../../api/client";
import { queues } from "../../api/desk";
import { failed } from "../../ui/toasts";
import { draftOf, inOrder, type Queue, type QueueDraft, renumbered } from "./order";

export const cannedReplies = queryOptions({
  queryKey: ["canned-replies"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/canned-replies", { signal })),
});

const put = (queue: Queue, draft: QueueDraft) =>
  body(
    api.PUT("/api/v1/queues/{queueId}", {
      params: { path: { queueId: queue.id }, header: { "If-Match": `"${queue.version}"` } },
      body: draft,
    }),
  );

/** Puts the queues into this order: shown at once, taken back when the server refuses. */
export function useReorder() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (order: Queue[]) => {
      // One after the other: each is a rule of its own, and a refusal must leave an order that can be told.
      for (const { queue, priority } of renumbered(order)) await put(queue, { ...draftOf(queue), priority });
    },
    onMutate: (order) => {
      const before = client.getQueryData(queues.queryKey);
      const numbers = new Map(renumbered(order).map(({ queue, priority }) => [queue.id, priority]));
      const items = order.map((each) => ({ ...each, priority: numbers.get(each.id) ?? each.priority }));
      if (before) client.setQueryData(queues.queryKey, { ...before, items: inOrder(items) });
      return before;
    },
    onError: (error, _order, before) => {
      client.setQueryData(queues.queryKey, before);
      failed(error);
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["queues"] }),
  });
}

export function useSaveQueue(queue: Queue | undefined) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (draft: QueueDraft) => (queue ? put(queue, draft) : body(api.POST("/api/v1/queues", { body: draft }))),
    onSettled: () => client.invalidateQueries({ queryKey: ["queues"] }),
  });
}

export function useDeleteQueue() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (queueId: string) => body(api.DELETE("/api/v1/queues/{queueId}", { params: { path: { queueId } } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["queues"] }),
  });
}

export function useTrial() {
  return useMutation({
    mutationFn: (trial: Schemas["Trial"]) => body(api.POST("/api/v1/queues/try", { body: trial })),
    onError: failed,
  });
}

export type CannedReply = Schemas["CannedReply"];

export function useSaveReply(reply: CannedReply | undefined) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (draft: Schemas["CannedReplyDraft"]) =>
      reply
        ? body(
            api.PUT("/api/v1/canned-replies/{cannedReplyId}", {
              params: { path: { cannedReplyId: reply.id }, header: { "If-Match": `"${reply.version}"` } },
              body: draft,
            }),
          )
        : body(api.POST("/api/v1/canned-replies", { body: draft })),
    onSettled: () => client.invalidateQueries({ queryKey: ["canned-replies"] }),
  });
}

export function useDeleteReply() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (cannedReplyId: string) =>
      body(api.DELETE("/api/v1/canned-replies/{cannedReplyId}", { params: { path: { cannedReplyId } } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["canned-replies"] }),
  });
}
