import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body } from "../../api/client";

export const platform = queryOptions({
  queryKey: ["health", "platform"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/health/platform", { signal })),
  refetchInterval: 30_000,
});

export const checklist = queryOptions({
  queryKey: ["health", "checklist"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/health/checklist", { signal })),
});

export const deadLetters = (queueName: string) =>
  queryOptions({
    queryKey: ["health", "dead-letters", queueName],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/health/queues/{queueName}/dead-letters", { signal, params: { path: { queueName } } })),
    staleTime: 0,
  });

/** Sends all dead letters of a queue back: one call takes some hundreds. Answers how many went. */
export function useSendBack() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (queueName: string) => {
      let moved = 0;
      for (;;) {
        const sent = await body(
          api.POST("/api/v1/health/queues/{queueName}/redrive", { params: { path: { queueName } } }),
        );
        moved += sent.moved;
        if (!sent.left || sent.moved === 0) return moved;
      }
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["health"] }),
  });
}
