import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, type Schemas } from "../../api/client";
import { useMe } from "../../api/session";
import { failed } from "../../ui/toasts";
import { type Ticket, ticket } from "./data";
import { show } from "./live";

/** What was done to a ticket shows in its header, its thread and the lists it stands in. */
function useRefresh(ticketId: string) {
  const client = useQueryClient();
  return (changed: Ticket) => {
    show(client, changed);
    client.invalidateQueries({ queryKey: ["tickets", "counts"] });
    client.invalidateQueries({ queryKey: ["ticket", ticketId, "history"] });
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
    mutationKey: key,
    // One after the other: an answer typed while the ticket is being taken waits until it is ours.
    scope: { id: ticketId },
    mutationFn: send,
    onMutate: (wish) => {
      const before = client.getQueryData(key);
      if (before) show(client, { ...before, ...expected(wish) });
      return before;
    },
    onError: (error, _wish, before) => {
      if (before) show(client, before);
      failed(error);
      // Somebody else was faster, most likely: how the ticket stands now says more than the refusal.
      client.invalidateQueries({ queryKey: key, exact: true });
    },
    onSuccess: refresh,
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
    (marks: Partial<Pick<Ticket, "priority" | "tags" | "spam" | "label">>) =>
      body(api.PATCH("/api/v1/tickets/{ticketId}", { ...path(ticketId), body: marks })),
    (marks) => marks,
  );
  const takeOver = useAct(
    ticketId,
    () => body(api.POST("/api/v1/tickets/{ticketId}/take-over", path(ticketId))),
    () => ({ owner: "agent" }),
  );
  const handBack = useAct(
    ticketId,
    () => body(api.POST("/api/v1/tickets/{ticketId}/hand-back", path(ticketId))),
    () => ({ owner: "bot" }),
  );
  const block = useAct(
    ticketId,
    (blocked: boolean) => body(api.PUT("/api/v1/tickets/{ticketId}/block", { ...path(ticketId), body: { blocked } })),
    (blocked) => ({ blocked }),
  );
  const snooze = useAct(
    ticketId,
    (wish: { at: string; note: string }) =>
      body(api.PUT("/api/v1/tickets/{ticketId}/reminder", { ...path(ticketId), body: wish })),
    ({ at }) => ({ snoozedUntil: at }),
  );
  const wake = useAct(
    ticketId,
    () => body(api.DELETE("/api/v1/tickets/{ticketId}/reminder", path(ticketId))),
    () => ({ snoozedUntil: null }),
  );
  return { claim, release, assign, transfer, setStatus, resolve, close, mark, takeOver, handBack, block, snooze, wake };
}

export type Acts = ReturnType<typeof useActs>;

/** What the customer wrote is read: here, and by the blue ticks on their phone. */
export function useSeen(ticketId: string) {
  const client = useQueryClient();
  return useMutation({
    scope: { id: ticketId },
    mutationFn: () => body(api.POST("/api/v1/tickets/{ticketId}/read", { ...path(ticketId), body: {} })),
    onMutate: () => {
      const before = client.getQueryData(ticket(ticketId).queryKey);
      if (before) show(client, { ...before, unread: 0 });
    },
  });
}

export function useNote(ticketId: string) {
  const client = useQueryClient();
  return useMutation({
    scope: { id: ticketId },
    mutationFn: (text: string) =>
      body(api.POST("/api/v1/tickets/{ticketId}/notes", { ...path(ticketId), body: { text } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["ticket", ticketId, "history"] }),
  });
}
