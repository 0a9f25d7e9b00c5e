import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { api, body, type Schemas } from "../../api/client";
import { useMe } from "../../api/session";
import type { Workflow } from "./model/document";

export type DefinitionView = Schemas["DefinitionView"];
export type Problem = Schemas["Problem"];
export type InstanceView = Schemas["InstanceView"];
type DefinitionInput = Schemas["DefinitionInput"];

const BASE = "/api/v1/accounts/{accountId}";

/** The document of a version, without what the platform says about it. */
export function documentOf(view: DefinitionView): Workflow {
  const { subAccountId, trigger, triggerInputs, status, definition } = view;
  return {
    ...(subAccountId != null && { subAccountId }),
    trigger,
    ...(triggerInputs != null && { triggerInputs }),
    ...(status === "enabled" && { status }),
    definition,
  } as unknown as Workflow;
}

const input = (document: Workflow) => document as unknown as DefinitionInput;

export const workflows = (accountId: string) =>
  queryOptions({
    queryKey: ["workflows", "list"],
    queryFn: ({ signal }) =>
      body(
        api.GET(`${BASE}/definitions`, {
          signal,
          params: { path: { accountId }, query: { status: "all" as const, limit: 500 } },
        }),
      ),
  });

export const gallery = (accountId: string) =>
  queryOptions({
    queryKey: ["workflow-gallery"],
    queryFn: ({ signal }) => body(api.GET(`${BASE}/definition-gallery`, { signal, params: { path: { accountId } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** The newest version. Read anew each time the builder opens: what one changes is what there is now. */
export const newest = (accountId: string, definitionId: string) =>
  queryOptions({
    queryKey: ["workflows", definitionId, "newest"],
    queryFn: async ({ signal }) => {
      const path = { accountId, definitionId };
      const found = await body(
        api.GET(`${BASE}/definitions/{definitionId}`, { signal, params: { path, query: { limit: 1 } } }),
      );
      return found[0] ?? null;
    },
  });

export const versions = (accountId: string, definitionId: string) =>
  queryOptions({
    queryKey: ["workflows", definitionId, "versions"],
    queryFn: ({ signal }) =>
      body(
        api.GET(`${BASE}/definitions/{definitionId}`, {
          signal,
          params: { path: { accountId, definitionId }, query: { limit: 100 } },
        }),
      ),
  });

export const stepTypes = (accountId: string) =>
  queryOptions({
    queryKey: ["step-types"],
    queryFn: ({ signal }) => body(api.GET(`${BASE}/steps/types`, { signal, params: { path: { accountId } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const functions = (accountId: string) =>
  queryOptions({
    queryKey: ["step-functions"],
    queryFn: ({ signal }) => body(api.GET(`${BASE}/steps/functions`, { signal, params: { path: { accountId } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const timeZones = (accountId: string) =>
  queryOptions({
    queryKey: ["step-timezones"],
    queryFn: ({ signal }) => body(api.GET(`${BASE}/steps/timezones`, { signal, params: { path: { accountId } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Everything wrong with a document, stored or not. The last findings stay until there are new ones. */
export const problems = (accountId: string, document: Workflow) =>
  queryOptions({
    queryKey: ["workflow-problems", document],
    queryFn: ({ signal }) =>
      body(api.POST(`${BASE}/definition-checks`, { signal, params: { path: { accountId } }, body: input(document) })),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 10_000,
  });

export async function exported(accountId: string, definitionId: string, version?: number): Promise<string> {
  const params = { path: { accountId, definitionId }, query: { ...(version && { version }) } };
  const call = api.GET(`${BASE}/definitions/{definitionId}/export`, { params, parseAs: "text" });
  return (await body(call)) as unknown as string;
}

export function checkDocument(accountId: string, document: unknown) {
  return body(
    api.POST(`${BASE}/definition-checks`, { params: { path: { accountId } }, body: document as DefinitionInput }),
  );
}

function useChanged() {
  const client = useQueryClient();
  return (view: DefinitionView) => {
    client.setQueryData(["workflows", view.id, "newest"], view);
    client.invalidateQueries({ queryKey: ["workflows", view.id, "versions"] });
    client.invalidateQueries({ queryKey: ["workflows", "list"] });
  };
}

export function useCreate() {
  const { accountId } = useMe();
  const changed = useChanged();
  return useMutation({
    mutationFn: (document: unknown) =>
      body(api.POST(`${BASE}/definitions`, { params: { path: { accountId } }, body: document as DefinitionInput })),
    onSuccess: changed,
  });
}

export interface Saving {
  definitionId: string;
  /** The version that was read: the server refuses when there is a newer one. */
  version: number;
  document: Workflow;
}

export function useSave() {
  const { accountId } = useMe();
  const changed = useChanged();
  return useMutation({
    mutationFn: ({ definitionId, version, document }: Saving) =>
      body(
        api.PUT(`${BASE}/definitions/{definitionId}`, {
          params: { path: { accountId, definitionId }, header: { "If-Match": `"${version}"` } },
          body: input(document),
        }),
      ),
    onSuccess: changed,
  });
}

export function useSetStatus() {
  const { accountId } = useMe();
  const changed = useChanged();
  return useMutation({
    mutationFn: ({ definitionId, status }: { definitionId: string; status: "enabled" | "disabled" }) =>
      body(
        api.PUT(`${BASE}/definitions/{definitionId}/status`, {
          params: { path: { accountId, definitionId } },
          body: { status },
        }),
      ),
    onSuccess: changed,
  });
}

export function useRollBack() {
  const { accountId } = useMe();
  const changed = useChanged();
  return useMutation({
    mutationFn: ({ definitionId, version }: { definitionId: string; version: number }) =>
      body(
        api.POST(`${BASE}/definitions/{definitionId}/rollback`, {
          params: { path: { accountId, definitionId } },
          body: { version },
        }),
      ),
    onSuccess: changed,
  });
}

export function useDelete() {
  const { accountId } = useMe();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (definitionId: string) =>
      body(api.DELETE(`${BASE}/definitions/{definitionId}`, { params: { path: { accountId, definitionId } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["workflows"] }),
  });
}

/** The results of the tests a document carries. */
export const outcomes = (accountId: string, document: Workflow) =>
  queryOptions({
    queryKey: ["workflow-tests", document],
    queryFn: ({ signal }) =>
      body(api.POST(`${BASE}/definition-tests`, { signal, params: { path: { accountId } }, body: input(document) })),
    gcTime: 10_000,
    retry: false,
  });

type InstanceStatus = "Runnable" | "Suspended" | "Complete" | "Terminated";
const PAGE = 50;

export const instances = (accountId: string, definitionId: string, version: number, status?: InstanceStatus) =>
  infiniteQueryOptions({
    queryKey: ["workflow-runs", definitionId, String(version), status ?? ""],
    queryFn: ({ pageParam, signal }) =>
      body(
        api.GET(`${BASE}/definitions/{definitionId}/workflows`, {
          signal,
          params: {
            path: { accountId, definitionId },
            query: { version, limit: PAGE, offset: pageParam, ...(status && { status }) },
          },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => (last.length === PAGE ? pages.length : undefined),
  });

export type Log = Schemas["LogView"];
type Run = Schemas["InstanceWithLogsView"];

export const run = (accountId: string, definitionId: string, workflowId: string) =>
  queryOptions({
    queryKey: ["workflow-run", definitionId, workflowId],
    queryFn: async ({ signal }) => {
      const path = { accountId, definitionId, workflowId };
      const found = body(
        api.GET(`${BASE}/definitions/{definitionId}/workflows/{workflowId}`, {
          signal,
          params: { path, query: { includeLogs: true } },
        }),
      );
      return (await found) as Run;
    },
  });

export const counters = (accountId: string, definitionId: string, version: number) =>
  queryOptions({
    queryKey: ["workflow-counters", definitionId, String(version)],
    queryFn: ({ signal }) =>
      body(
        api.GET(`${BASE}/definitions/{definitionId}/counters`, {
          signal,
          params: { path: { accountId, definitionId }, query: { version } },
        }),
      ),
  });

function useRunChanged(definitionId: string, workflowId: string) {
  const client = useQueryClient();
  return () => {
    client.invalidateQueries({ queryKey: ["workflow-run", definitionId, workflowId] });
    client.invalidateQueries({ queryKey: ["workflow-runs", definitionId] });
  };
}

export function useCommand(definitionId: string, workflowId: string) {
  const { accountId } = useMe();
  return useMutation({
    mutationFn: (status: "suspend" | "resume" | "terminate") =>
      body(
        api.PATCH(`${BASE}/definitions/{definitionId}/workflows/{workflowId}`, {
          params: { path: { accountId, definitionId, workflowId } },
          body: { status },
        }),
      ),
    onSettled: useRunChanged(definitionId, workflowId),
  });
}

export function useRetry(definitionId: string, workflowId: string) {
  const { accountId } = useMe();
  return useMutation({
    mutationFn: (step: string) =>
      body(
        api.POST(`${BASE}/definitions/{definitionId}/workflows/{workflowId}/retry`, {
          params: { path: { accountId, definitionId, workflowId } },
          body: { step },
        }),
      ),
    onSettled: useRunChanged(definitionId, workflowId),
  });
}

export type Play = Schemas["Play"];
export type Walkthrough = Schemas["Walkthrough"];

/** Plays a conversation with what is on the canvas, in the server's memory. */
export function simulate(accountId: string, document: Workflow, play: Play): Promise<Walkthrough> {
  return body(
    api.POST(`${BASE}/definition-simulations`, {
      params: { path: { accountId } },
      body: { definition: input(document), play },
    }),
  );
}
