import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, type Schemas } from "../../api/client";
import { useMe } from "../../api/session";
import type { ContactsSearch } from "./search";

export type Contact = Schemas["ContactsContactView"];
export type Group = Schemas["GroupView"];
export type Job = Schemas["BatchJob"];
export type History = Schemas["HistoryEntry"];

export const PAGE_SIZE = 50;

export const contacts = (accountId: string, search: ContactsSearch) =>
  queryOptions({
    queryKey: ["contacts", search],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/accounts/{accountId}/contacts", {
          signal,
          params: {
            path: { accountId },
            query: {
              limit: PAGE_SIZE,
              offset: search.page ?? 0,
              ...(search.q && { query: search.q }),
              ...(search.group !== undefined && { groupId: search.group }),
              ...(search.country && { country: search.country }),
            },
          },
        }),
      ),
    placeholderData: keepPreviousData,
  });

export const contact = (accountId: string, contactId: number) =>
  queryOptions({
    queryKey: ["contact", contactId],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/accounts/{accountId}/contacts/{contactId}", {
          signal,
          params: { path: { accountId, contactId } },
        }),
      ),
  });

export const history = (accountId: string, contactId: number) =>
  queryOptions({
    queryKey: ["contact", contactId, "history"],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/accounts/{accountId}/contacts/{contactId}/history", {
          signal,
          params: { path: { accountId, contactId } },
        }),
      ),
  });

export const conversations = (phone: string) =>
  queryOptions({
    queryKey: ["tickets", "of", phone],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/tickets/search", { signal, params: { query: { q: phone, where: "customers" } } })),
  });

const OVER: Job["status"][] = ["failed", "completed", "stopped", "timeout"];
export const isOver = (job: Job | undefined) => Boolean(job && OVER.includes(job.status));

export const job = (accountId: string, batchId: string) =>
  queryOptions({
    queryKey: ["batch", batchId],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/accounts/{accountId}/batches/{batchId}", { signal, params: { path: { accountId, batchId } } }),
      ),
    refetchInterval: ({ state }) => (isOver(state.data) ? false : 1_000),
  });

export const imports = (accountId: string) =>
  queryOptions({
    queryKey: ["batches"],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/accounts/{accountId}/batches", {
          signal,
          params: { path: { accountId }, query: { limit: 10, type: "createContacts" } },
        }),
      ),
  });

export function useAccount(): string {
  return useMe().accountId;
}

/** A change of one contact: what the server answered is the contact, and the lists are read again. */
function useContactChange<Wish>(send: (wish: Wish, accountId: string) => Promise<Contact>) {
  const accountId = useAccount();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wish: Wish) => send(wish, accountId),
    onSuccess: (changed) => {
      client.setQueryData(contact(accountId, changed.id).queryKey, changed);
      client.invalidateQueries({ queryKey: ["contacts"] });
      client.invalidateQueries({ queryKey: ["contact", changed.id] });
      client.invalidateQueries({ queryKey: ["groups"] });
    },
  });
}

export const useCreateContact = () =>
  useContactChange((draft: Partial<Schemas["ContactDraft"]>, accountId) =>
    body(
      api.POST("/api/v1/accounts/{accountId}/contacts", {
        params: { path: { accountId } },
        body: draft as Schemas["ContactDraft"],
      }),
    ),
  );

export interface Patch {
  op: "add" | "remove" | "replace";
  path: string;
  value?: unknown;
}

export const usePatchContact = (known: Contact) =>
  useContactChange((steps: Patch[], accountId) =>
    body(
      api.PATCH("/api/v1/accounts/{accountId}/contacts/{contactId}", {
        params: { path: { accountId, contactId: known.id }, header: { "If-Match": `"${known.version}"` } },
        body: steps as never,
      }),
    ),
  );

export const useConsent = (contactId: number) =>
  useContactChange((decision: Pick<Schemas["Decision"], "category" | "allowed" | "text">, accountId) =>
    body(
      api.POST("/api/v1/accounts/{accountId}/contacts/{contactId}/consent", {
        params: { path: { accountId, contactId } },
        body: decision,
      }),
    ),
  );

export const useMerge = (contactId: number) =>
  useContactChange((other: number, accountId) =>
    body(
      api.POST("/api/v1/accounts/{accountId}/contacts/{contactId}/merge", {
        params: { path: { accountId, contactId } },
        body: { contactId: other },
      }),
    ),
  );

function useFresh<Wish, Answer>(send: (wish: Wish, accountId: string) => Promise<Answer>) {
  const accountId = useAccount();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wish: Wish) => send(wish, accountId),
    onSuccess: () =>
      Promise.all(
        ["groups", "contacts", "contact", "batches"].map((name) => client.invalidateQueries({ queryKey: [name] })),
      ),
  });
}

export const useDeleteContact = () =>
  useFresh((contactId: number, accountId) =>
    body(
      api.DELETE("/api/v1/accounts/{accountId}/contacts/{contactId}", { params: { path: { accountId, contactId } } }),
    ),
  );

export const useMembers = () =>
  useFresh(({ groupId, contacts, out }: { groupId: number; contacts: number[]; out?: boolean }, accountId) => {
    const wish = { params: { path: { accountId, groupId } }, body: { contacts } };
    return out
      ? body(api.DELETE("/api/v1/accounts/{accountId}/groups/{groupId}/contacts", wish))
      : body(api.POST("/api/v1/accounts/{accountId}/groups/{groupId}/contacts", wish));
  });

export const useCreateGroup = () =>
  useFresh((draft: Schemas["GroupDraft"], accountId) =>
    body(api.POST("/api/v1/accounts/{accountId}/groups", { params: { path: { accountId } }, body: draft })),
  );

export const useRenameGroup = () =>
  useFresh(({ group, name }: { group: Group; name: string }, accountId) =>
    body(
      api.PATCH("/api/v1/accounts/{accountId}/groups/{groupId}", {
        params: { path: { accountId, groupId: group.id }, header: { "If-Match": `"${group.version}"` } },
        body: [{ op: "replace", path: "/name", value: name }] as never,
      }),
    ),
  );

export const useDeleteGroup = () =>
  useFresh((groupId: number, accountId) =>
    body(api.DELETE("/api/v1/accounts/{accountId}/groups/{groupId}", { params: { path: { accountId, groupId } } })),
  );

export const useImport = () =>
  useFresh((wish: Partial<Schemas["Import"]>, accountId) =>
    body(
      api.POST("/api/v1/accounts/{accountId}/contacts/batches/imports", {
        params: { path: { accountId } },
        body: wish as Schemas["Import"],
      }),
    ),
  );

export const useUndo = () =>
  useFresh((batchId: string, accountId) =>
    body(api.POST("/api/v1/accounts/{accountId}/batches/{batchId}/undo", { params: { path: { accountId, batchId } } })),
  );

export function uploadLink(accountId: string, fileName: string) {
  return body(
    api.POST("/api/v1/accounts/{accountId}/contacts/batches/uploads", {
      params: { path: { accountId } },
      body: { fileName },
    }),
  );
}

export function nameOf(of: Contact): string {
  const name = [of.firstName, of.lastName].filter(Boolean).join(" ");
  return name || of.profileName || of.addresses.msisdn || of.addresses.bsuid || of.addresses.email || `#${of.id}`;
}

/** A number as people write it: with its plus. */
export function phoneOf(of: Contact): string {
  const phone = of.addresses.msisdn;
  return phone ? (phone.startsWith("+") ? phone : `+${phone}`) : (of.addresses.bsuid ?? of.addresses.email ?? "");
}
