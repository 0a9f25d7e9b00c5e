import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, body, type Schemas } from "../../api/client";
import type { Status, ViewName } from "./views";

export type Ticket = Schemas["TicketView"];
export type OutMessage = Schemas["ReplyDraft"]["message"];

export const counts = queryOptions({
  queryKey: ["tickets", "counts"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/tickets/counts", { signal })),
});

export const ticketList = (view: ViewName, status: Status | undefined) =>
  infiniteQueryOptions({
    queryKey: ["tickets", "list", view, status ?? ""],
    queryFn: ({ pageParam, signal }) =>
      body(
        api.GET("/api/v1/tickets", {
          signal,
          params: { query: { view, ...(status && { status }), ...(pageParam && { next: pageParam }), limit: 50 } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });

/** Among all tickets, by id, customer or what was written. */
export const foundTickets = (q: string, status: Status | undefined) =>
  infiniteQueryOptions({
    queryKey: ["tickets", "found", q, status ?? ""],
    queryFn: ({ pageParam, signal }) =>
      body(
        api.GET("/api/v1/tickets/search", {
          signal,
          params: { query: { q, ...(status && { status }), ...(pageParam && { next: pageParam }), limit: 50 } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });

export const ticket = (ticketId: string) =>
  queryOptions({
    queryKey: ["ticket", ticketId],
    queryFn: ({ signal }) => body(api.GET("/api/v1/tickets/{ticketId}", { signal, params: { path: { ticketId } } })),
  });

export const messages = (ticketId: string) =>
  infiniteQueryOptions({
    queryKey: ["ticket", ticketId, "messages"],
    queryFn: ({ pageParam, signal }) =>
      body(
        api.GET("/api/v1/tickets/{ticketId}/messages", {
          signal,
          params: { path: { ticketId }, query: { limit: 50, ...(pageParam && { next: pageParam }) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });

export const history = (ticketId: string) =>
  infiniteQueryOptions({
    queryKey: ["ticket", ticketId, "history"],
    queryFn: ({ pageParam, signal }) =>
      body(
        api.GET("/api/v1/tickets/{ticketId}/history", {
          signal,
          params: { path: { ticketId }, query: { limit: 200, ...(pageParam && { next: pageParam }) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });
