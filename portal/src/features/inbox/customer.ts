/** What the panel beside a ticket asks about its customer. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body } from "../../api/client";

export const contact = (accountId: string, contactId: string) =>
  queryOptions({
    queryKey: ["contact", contactId],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/accounts/{accountId}/contacts/{contactId}", {
          signal,
          params: { path: { accountId, contactId: Number(contactId) } },
        }),
      ),
    staleTime: 60_000,
  });

export const customerNotes = (contactId: string) =>
  queryOptions({
    queryKey: ["contact", contactId, "notes"],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/contacts/{contactId}/notes", { signal, params: { path: { contactId } } })),
  });

export function useCustomerNote(contactId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (text: string) =>
      body(api.POST("/api/v1/contacts/{contactId}/notes", { params: { path: { contactId } }, body: { text } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["contact", contactId, "notes"] }),
  });
}

export const earlierTickets = (ticketId: string) =>
  queryOptions({
    queryKey: ["ticket", ticketId, "previous"],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/tickets/{ticketId}/previous", {
          signal,
          params: { path: { ticketId }, query: { limit: 10 } },
        }),
      ),
    staleTime: 300_000,
  });
