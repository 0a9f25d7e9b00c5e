import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { api, body, type Schemas } from "../../api/client";
import type { paths } from "../../api/schema";
import { exported } from "./report/exporting";
import type { wanted } from "./report/people";
import type { Per } from "./report/timeline";
import type { CampaignSearch } from "./search";

/** What reading an address answers. */
type Read<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { "application/json": infer Answer } } } };
}
  ? Answer
  : never;

export type Campaign = Schemas["Campaign"];
export type State = Schemas["Campaign"]["state"];
export type RowState = Schemas["RowView"]["state"];
export type Report = Read<"/api/v1/campaigns/{campaignId}/report">;
export type Progress = Read<"/api/v1/campaigns/{campaignId}/progress">;
export type Preflight = Schemas["Preflight"];
export type Slot = Schemas["SlotView"];
export type Message = NonNullable<Campaign["message"]>;
export type FileLook = Schemas["FileLook"];
export type Change = Schemas["Change-Input"];
export type Rules = Schemas["AccountRules-Output"];
export type Moment = Schemas["Moment"];

/** States in which numbers move by themselves. */
export const ACTIVE: State[] = ["preparing", "sending"];
/** States that a campaign has not begun in. */
export const OPEN: State[] = ["draft", "needs_approval", "scheduled", "too_late"];
const MOVING_MS = 2_500;

const at = (campaignId: string) => ({ params: { path: { campaignId } } });
export const seconds = (state: State | undefined) => (state && ACTIVE.includes(state) ? MOVING_MS : false);

export const campaigns = (search: CampaignSearch) =>
  infiniteQueryOptions({
    queryKey: ["campaigns", search.state ?? "", search.q ?? ""],
    queryFn: ({ pageParam, signal }) =>
      body(
        api.GET("/api/v1/campaigns", {
          signal,
          params: {
            query: {
              limit: 50,
              ...(pageParam && { next: pageParam }),
              ...(search.state && { state: [search.state] }),
              ...(search.q && { name: search.q }),
            },
          },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });

export const campaign = (campaignId: string) =>
  queryOptions({
    queryKey: ["campaign", campaignId],
    queryFn: ({ signal }) => body(api.GET("/api/v1/campaigns/{campaignId}", { signal, ...at(campaignId) })),
    refetchInterval: ({ state }) => (state.data?.recipients?.state === "reading" ? 1_000 : seconds(state.data?.state)),
  });

export const progress = (campaignId: string, state: State) =>
  queryOptions({
    queryKey: ["campaign", campaignId, "progress"],
    queryFn: ({ signal }) => body(api.GET("/api/v1/campaigns/{campaignId}/progress", { signal, ...at(campaignId) })),
    refetchInterval: seconds(state),
  });

export const report = (campaignId: string, run: number | undefined, state: State) =>
  queryOptions({
    queryKey: ["campaign", campaignId, "report", run ?? 0],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/campaigns/{campaignId}/report", {
          signal,
          params: { path: { campaignId }, query: run ? { run } : {} },
        }),
      ),
    refetchInterval: seconds(state),
  });

/** When what happened in a run: by minute, hour or day. */
export const timeline = (campaignId: string, run: number | undefined, per: Per, state: State) =>
  queryOptions({
    queryKey: ["campaign", campaignId, "timeline", run ?? 0, per],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/campaigns/{campaignId}/timeline", {
          signal,
          params: { path: { campaignId }, query: { per, ...(run && { run }) } },
        }),
      ),
    refetchInterval: seconds(state),
  });

export const people = (campaignId: string, run: number | undefined, which: ReturnType<typeof wanted>) =>
  infiniteQueryOptions({
    queryKey: ["campaign", campaignId, "people", run ?? 0, which],
    queryFn: ({ pageParam, signal }) =>
      body(
        api.GET("/api/v1/campaigns/{campaignId}/recipients", {
          signal,
          params: {
            path: { campaignId },
            query: { limit: 50, ...which, ...(run && { run }), ...(pageParam && { next: pageParam }) },
          },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });

export const look = (campaignId: string, fileKey: string) =>
  queryOptions({
    queryKey: ["campaign", campaignId, "look", fileKey],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/campaigns/{campaignId}/recipients/look", { signal, ...at(campaignId) })),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const slots = (campaignId: string, name: string, language: string) =>
  queryOptions({
    queryKey: ["slots", campaignId, name, language],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/campaigns/{campaignId}/slots", {
          signal,
          params: { path: { campaignId }, query: { name, language } },
        }),
      ),
    staleTime: 300_000,
  });

export const preview = (campaign: Campaign, row: number) =>
  queryOptions({
    queryKey: ["campaign-preview", campaign.id, campaign.version, row],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/campaigns/{campaignId}/preview", {
          signal,
          params: { path: { campaignId: campaign.id }, query: { row } },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Asked for once for each version of the campaign; a long list is looked through in the background. */
export const preflight = (campaign: Campaign) =>
  queryOptions({
    queryKey: ["campaign-preflight", campaign.id, campaign.version],
    queryFn: async ({ client, queryKey }): Promise<Preflight> => {
      const known = client.getQueryData<Preflight>(queryKey);
      return known && !known.ready
        ? body(api.GET("/api/v1/campaigns/{campaignId}/preflight", at(campaign.id)))
        : body(api.POST("/api/v1/campaigns/{campaignId}/preflight", at(campaign.id)));
    },
    refetchInterval: ({ state }) => (state.data && !state.data.ready ? 1_500 : false),
    staleTime: 60_000,
  });

export const approvedTemplates = (channelId: string) =>
  queryOptions({
    queryKey: ["templates", channelId, "approved"],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/templates", { signal, params: { query: { channelId, status: "APPROVED" } } })),
    staleTime: 300_000,
  });

/** An uploaded file, for its name. */
export const media = (mediaId: string) =>
  queryOptions({
    queryKey: ["media", mediaId],
    queryFn: ({ signal }) => body(api.GET("/api/v1/media/{mediaId}", { signal, params: { path: { mediaId } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const rules = (subaccountId: string) =>
  queryOptions({
    queryKey: ["campaign-rules", subaccountId],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/campaign-rules/{subaccountId}", { signal, params: { path: { subaccountId } } })),
  });

/** Keeps what the server answered as the campaign, and has the lists read again. */
export function useKeep() {
  const client = useQueryClient();
  return (changed: Campaign) => {
    client.setQueryData(campaign(changed.id).queryKey, changed);
    client.invalidateQueries({ queryKey: ["campaigns"] });
    client.invalidateQueries({ queryKey: ["campaign", changed.id] });
  };
}

/** Changes of one campaign go one after the other: each begins with what the last one left. */
function useChange<Wish>(campaignId: string, send: (wish: Wish) => Promise<Campaign>) {
  const keep = useKeep();
  return useMutation({ mutationFn: send, onSuccess: keep, scope: { id: `campaign ${campaignId}` } });
}

export const useCreate = () =>
  useChange("new", (draft: Schemas["Draft"]) => body(api.POST("/api/v1/campaigns", { body: draft })));

export const usePatch = (campaignId: string) =>
  useChange(campaignId, (change: Change) =>
    body(api.PATCH("/api/v1/campaigns/{campaignId}", { ...at(campaignId), body: change })),
  );

export const useProcess = (campaignId: string) =>
  useChange(campaignId, (wish: Partial<Schemas["ProcessRequest"]>) =>
    body(
      api.POST("/api/v1/campaigns/{campaignId}/recipients/process", {
        ...at(campaignId),
        body: wish as Schemas["ProcessRequest"],
      }),
    ),
  );

export const useTyped = (campaignId: string) =>
  useChange(campaignId, (numbers: string[]) =>
    body(
      api.POST("/api/v1/campaigns/{campaignId}/recipients/typed", {
        ...at(campaignId),
        body: { recipients: numbers.map((Mobile) => ({ Mobile })) } as Schemas["TypedRecipients"],
      }),
    ),
  );

export const segments = queryOptions({
  queryKey: ["segments"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/segments", { signal })),
});

/** Contacts by a part of their name or number, to pick single ones. */
export const contacts = (accountId: string, query: string) =>
  queryOptions({
    queryKey: ["contacts", "picked-from", query],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/accounts/{accountId}/contacts", {
          signal,
          params: { path: { accountId }, query: { limit: 20, ...(query && { query }) } },
        }),
      ),
    placeholderData: keepPreviousData,
  });

/** Single contacts, members of groups and whoever fits segments, as they are now. */
export const usePicked = (campaignId: string) =>
  useChange(campaignId, (picked: { contactIds: string[]; groupIds: string[]; segmentIds: string[] }) =>
    body(
      api.POST("/api/v1/campaigns/{campaignId}/recipients/contacts", {
        ...at(campaignId),
        body: picked as Schemas["PickedRecipients"],
      }),
    ),
  );

export const useSetMessage = (campaignId: string) =>
  useChange(campaignId, (message: Message) =>
    body(api.PUT("/api/v1/campaigns/{campaignId}/message", { ...at(campaignId), body: message })),
  );

export const useLaunch = (campaignId: string) =>
  useChange(campaignId, (wish: Partial<Schemas["LaunchRequest"]>) =>
    body(
      api.POST("/api/v1/campaigns/{campaignId}/launch", { ...at(campaignId), body: wish as Schemas["LaunchRequest"] }),
    ),
  );

export const useClone = (campaignId: string) =>
  useChange(campaignId, (_: undefined) => body(api.POST("/api/v1/campaigns/{campaignId}/clone", at(campaignId))));

export const useReject = (campaignId: string) =>
  useChange(campaignId, (reason: string) =>
    body(api.POST("/api/v1/campaigns/{campaignId}/reject", { ...at(campaignId), body: { reason } })),
  );

export const useRetry = (campaignId: string) =>
  useChange(campaignId, (notConfirmed: boolean) =>
    body(api.POST("/api/v1/campaigns/{campaignId}/retry", { ...at(campaignId), body: { notConfirmed } })),
  );

export type Step = "approve" | "pause" | "resume" | "cancel";

export const useStep = (campaignId: string) =>
  useChange(campaignId, (step: Step) => body(api.POST(`/api/v1/campaigns/{campaignId}/${step}`, at(campaignId))));

export function useDelete() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (campaignId: string) => body(api.DELETE("/api/v1/campaigns/{campaignId}", at(campaignId))),
    onSuccess: () => client.invalidateQueries({ queryKey: ["campaigns"] }),
  });
}

export function useTest(campaignId: string) {
  return useMutation({
    mutationFn: (wish: Schemas["TestRequest"]) =>
      body(api.POST("/api/v1/campaigns/{campaignId}/test", { ...at(campaignId), body: wish })),
  });
}

export function useExport(campaignId: string) {
  return useMutation({
    mutationFn: (wish: Partial<Schemas["ExportRequest"]>) => exported(campaignId, wish as Schemas["ExportRequest"]),
  });
}

export function useSetRules(subaccountId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wanted: Rules) =>
      body(api.PUT("/api/v1/campaign-rules/{subaccountId}", { params: { path: { subaccountId } }, body: wanted })),
    onSuccess: (kept) => {
      client.setQueryData(rules(subaccountId).queryKey, kept);
      client.invalidateQueries({ queryKey: ["campaign-preflight"] });
    },
  });
}

/** Whom the preflight skips, and why. */
export function skippedLink(campaignId: string): Promise<Schemas["Link"]> {
  return body(api.GET("/api/v1/campaigns/{campaignId}/preflight/skipped", at(campaignId)));
}

export function unusableLink(campaignId: string): Promise<Schemas["Link"]> {
  return body(api.GET("/api/v1/campaigns/{campaignId}/recipients/unusable", at(campaignId)));
}

export function uploadLink(campaignId: string, fileName: string): Promise<Schemas["UploadLink"]> {
  return body(api.POST("/api/v1/campaigns/{campaignId}/recipients/upload", { ...at(campaignId), body: { fileName } }));
}
