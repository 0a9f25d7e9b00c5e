import {
  type InfiniteData,
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { api, body, type Schemas } from "../../api/client";
import { useMe } from "../../api/session";
import { failed } from "../../ui/toasts";
import type { Status, ViewName } from "./views";

export type Ticket = Schemas["TicketView"];
export type OutMessage = Schemas["ReplyDraft"]["message"];
type MessagePages = InfiniteData<Schemas["MessagePage"], string>;

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

/** What was done to a ticket shows in its header, its thread and the lists it stands in. */
function useRefresh(ticketId: string) {
  const client = useQueryClient();
  return async (changed?: Ticket) => {
    if (changed) client.setQueryData(ticket(ticketId).queryKey, changed);
    await Promise.all([
      client.invalidateQueries({ queryKey: ["tickets"] }),
      client.invalidateQueries({ queryKey: ["ticket", ticketId] }),
    ]);
  };
}

/** One thing done to a ticket, shown before the server has answered and taken back, visibly, when it refuses. */
function useAct<Wish>(
  ticketId: string,
  send: (wish: Wish) => Promise<Ticket>,
  expected: (wish: Wish) => Partial<Ticket>,
) {
  const client = useQueryClient();
  const refresh = useRefresh(ticketId);
  const key = ticket(ticketId).queryKey;
  return useMutation({
    mutationFn: send,
    onMutate: (wish) => {
      const before = client.getQueryData(key);
      if (before) client.setQueryData(key, { ...before, ...expected(wish) });
      return before;
    },
    onError: (error, _wish, before) => {
      client.setQueryData(key, before);
      failed(error);
      refresh();
    },
    // Not awaited: the act is done when the server says so, not when every list has been read again.
    onSuccess: (changed) => void refresh(changed),
  });
}

const path = (ticketId: string) => ({ params: { path: { ticketId } } });

export function useActs(ticketId: string) {
  const me = useMe();
  const claim = useAct(
    ticketId,
    () => body(api.POST("/api/v1/tickets/{ticketId}/claim", path(ticketId))),
    () => ({ agentId: me.id, status: "open" }),
  );
  const release = useAct(
    ticketId,
    (note: string) => body(api.POST("/api/v1/tickets/{ticketId}/release", { ...path(ticketId), body: { note } })),
    () => ({ agentId: "" }),
  );
  const assign = useAct(
    ticketId,
    (wish: { agentId: string; note: string }) =>
      body(api.POST("/api/v1/tickets/{ticketId}/assign", { ...path(ticketId), body: wish })),
    ({ agentId }) => ({ agentId, status: "open" }),
  );
  const transfer = useAct(
    ticketId,
    (wish: { queueId: string; note: string }) =>
      body(api.POST("/api/v1/tickets/{ticketId}/transfer", { ...path(ticketId), body: wish })),
    ({ queueId }) => ({ queueId, agentId: "" }),
  );
  const setStatus = useAct(
    ticketId,
    (status: "open" | "pending" | "on_hold") =>
      body(api.POST("/api/v1/tickets/{ticketId}/status", { ...path(ticketId), body: { status } })),
    (status) => ({ status }),
  );
  const resolve = useAct(
    ticketId,
    (ending: Schemas["Ending"]) =>
      body(api.POST("/api/v1/tickets/{ticketId}/resolve", { ...path(ticketId), body: ending })),
    () => ({ status: "resolved" }),
  );
  const close = useAct(
    ticketId,
    (ending: Schemas["Ending"]) =>
      body(api.POST("/api/v1/tickets/{ticketId}/close", { ...path(ticketId), body: ending })),
    () => ({ status: "closed" }),
  );
  const mark = useAct(
    ticketId,
    (marks: Partial<Pick<Ticket, "priority" | "tags" | "spam">>) =>
      body(api.PATCH("/api/v1/tickets/{ticketId}", { ...path(ticketId), body: marks })),
    (marks) => marks,
  );
  return { claim, release, assign, transfer, setStatus, resolve, close, mark };
}

export function useNote(ticketId: string) {
  const refresh = useRefresh(ticketId);
  return useMutation({
    mutationFn: (text: string) =>
      body(api.POST("/api/v1/tickets/{ticketId}/notes", { ...path(ticketId), body: { text } })),
    onSuccess: () => void refresh(),
    onError: failed,
  });
}

export interface Sending {
  /** Made here: the same message sent again with it, after a lost answer, is still one message. */
  id: string;
  message: OutMessage;
  preview: string;
  replyTo?: string;
}

/** A message stands in the thread at once; when the server refuses it, it says why there and can be sent again. */
export function useReply(ticketId: string) {
  const client = useQueryClient();
  const me = useMe();
  const refresh = useRefresh(ticketId);
  const key = messages(ticketId).queryKey;
  return useMutation({
    mutationFn: ({ id, message, replyTo }: Sending) =>
      body(
        api.POST("/api/v1/tickets/{ticketId}/messages", {
          ...path(ticketId),
          body: { id, message, ...(replyTo && { replyTo }) },
        }),
      ),
    onMutate: async (sending) => {
      await client.cancelQueries({ queryKey: key });
      client.setQueryData<MessagePages>(key, (pages) => withMessage(pages, pending(sending, me.id, me.name)));
    },
    onSuccess: (sent) => {
      client.setQueryData<MessagePages>(key, (pages) => withMessage(pages, sent));
      refresh();
    },
    onError: (error, sending) => {
      const failure = { reason: "refused", text: error.message, code: null };
      const refused = { ...pending(sending, me.id, me.name), status: "failed", failure };
      client.setQueryData<MessagePages>(key, (pages) => withMessage(pages, refused));
      failed(error);
    },
  });
}

function pending(sending: Sending, id: string, name: string): Schemas["MessageView"] {
  return {
    id: sending.id,
    position: "",
    direction: "out",
    type: sending.message.type ?? "text",
    content: {},
    preview: sending.preview,
    at: new Date().toISOString(),
    status: "queued",
    sentAt: null,
    deliveredAt: null,
    readAt: null,
    failedAt: null,
    failure: null,
    sender: { kind: "agent", id, name },
    ticketId: null,
    wamid: null,
    replyTo: sending.replyTo ?? null,
  };
}

/** The pages with this message in its place, or as the newest. */
function withMessage(pages: MessagePages | undefined, message: Schemas["MessageView"]): MessagePages | undefined {
  if (!pages) return pages;
  const known = pages.pages.some((page) => page.items.some((each) => each.id === message.id));
  return {
    ...pages,
    pages: pages.pages.map((page, index) => {
      if (known) return { ...page, items: page.items.map((each) => (each.id === message.id ? message : each)) };
      return index === 0 ? { ...page, items: [message, ...page.items] } : page;
    }),
  };
}
