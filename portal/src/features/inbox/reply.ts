import { type InfiniteData, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, type Schemas } from "../../api/client";
import { useMe } from "../../api/session";
import { failed } from "../../ui/toasts";
import { messages, type OutMessage } from "./data";

type MessagePages = InfiniteData<Schemas["MessagePage"], string>;

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
  const key = messages(ticketId).queryKey;
  return useMutation({
    scope: { id: ticketId },
    mutationFn: ({ id, message, replyTo }: Sending) =>
      body(
        api.POST("/api/v1/tickets/{ticketId}/messages", {
          params: { path: { ticketId } },
          body: { id, message, ...(replyTo && { replyTo }) },
        }),
      ),
    onMutate: async (sending) => {
      // A thread that is still being read for the first time must not stay without its messages.
      if (client.getQueryData(key)) await client.cancelQueries({ queryKey: key });
      client.setQueryData<MessagePages>(key, (pages) => withMessage(pages, pending(sending, me.id, me.name)));
    },
    onSuccess: (sent) => {
      if (client.getQueryData(key)) client.setQueryData<MessagePages>(key, (pages) => withMessage(pages, sent));
      else client.invalidateQueries({ queryKey: key });
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
    content: contentOf(sending.message),
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
    media: null,
  };
}

/** As the thread shows it, and as it is sent once more if it must be. */
function contentOf(message: OutMessage): Record<string, unknown> {
  return (message as unknown as Record<string, Record<string, unknown>>)[message.type ?? "text"] ?? {};
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

/** Sends a message that failed anew. Only a person decides this: what failed for us may have arrived all the same. */
export function useResend(ticketId: string) {
  const client = useQueryClient();
  const key = messages(ticketId).queryKey;
  return useMutation({
    mutationFn: (messageId: string) =>
      body(
        api.POST("/api/v1/tickets/{ticketId}/messages/{messageId}/resend", {
          params: { path: { ticketId, messageId } },
        }),
      ),
    onSuccess: (sent) => {
      client.setQueryData<MessagePages>(key, (pages) => withMessage(pages, sent));
    },
    onError: failed,
  });
}
