import { queryOptions } from "@tanstack/react-query";
import { api, body } from "../../api/client";

export const cannedReplies = (queueId: string, q: string) =>
  queryOptions({
    queryKey: ["canned-replies", queueId, q],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/canned-replies", { signal, params: { query: { queueId, ...(q && { q }) } } })),
    staleTime: 60_000,
  });

/** The reply with the customer's name and the like in it, and what it could not fill. */
export function filled(ticketId: string, cannedReplyId: string) {
  const path = { params: { path: { ticketId, cannedReplyId } } };
  return body(api.POST("/api/v1/tickets/{ticketId}/canned-replies/{cannedReplyId}", path));
}
