import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, type Schemas } from "../../api/client";
import type { Filter } from "./conditions";

export type Segment = Schemas["SegmentView"];
type Draft = Schemas["SegmentDraft"];

export const segments = queryOptions({
  queryKey: ["segments"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/segments", { signal })),
});

export const segment = (segmentId: string) =>
  queryOptions({
    queryKey: ["segment", segmentId],
    queryFn: ({ signal }) => body(api.GET("/api/v1/segments/{segmentId}", { signal, params: { path: { segmentId } } })),
  });

/** A page may be empty and still have a next one: people are looked at in turn. */
export const fitting = (segmentId: string) =>
  infiniteQueryOptions({
    queryKey: ["segment", segmentId, "contacts"],
    queryFn: ({ pageParam, signal }) =>
      body(
        api.GET("/api/v1/segments/{segmentId}/contacts", {
          signal,
          params: { path: { segmentId }, query: { limit: 50, ...(pageParam && { next: pageParam }) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next || undefined,
  });

/** Campaigns to ask for the outcome of: those that were sent. */
export const sentCampaigns = (name: string) =>
  queryOptions({
    queryKey: ["campaigns", "sent", name],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/campaigns", {
          signal,
          params: {
            query: { limit: 50, state: ["sending", "paused", "completed", "cancelled"], ...(name && { name }) },
          },
        }),
      ),
  });

export const campaign = (campaignId: string) =>
  queryOptions({
    queryKey: ["campaign", campaignId],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/campaigns/{campaignId}", { signal, params: { path: { campaignId } } })),
  });

export function useSave(segmentId: string | undefined) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (draft: Draft) =>
      segmentId
        ? body(api.PUT("/api/v1/segments/{segmentId}", { params: { path: { segmentId } }, body: draft }))
        : body(api.POST("/api/v1/segments", { body: draft })),
    onSuccess: (saved) => {
      client.setQueryData(segment(saved.id).queryKey, saved);
      client.invalidateQueries({ queryKey: ["segments"] });
      client.invalidateQueries({ queryKey: ["segment", saved.id, "contacts"] });
    },
  });
}

export function useRemove() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (segmentId: string) =>
      body(api.DELETE("/api/v1/segments/{segmentId}", { params: { path: { segmentId } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["segments"] }),
  });
}

export function useCount() {
  return useMutation({ mutationFn: (filter: Filter) => body(api.POST("/api/v1/segment-counts", { body: filter })) });
}

/** A draft whose recipients are whoever fits now. */
export function useCampaign(segmentId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (draft: { name: string; channelId: string }) => {
      const made = await body(api.POST("/api/v1/campaigns", { body: draft }));
      const picked = { segmentIds: [segmentId] } as Schemas["PickedRecipients"];
      const path = { params: { path: { campaignId: made.id } } };
      return body(api.POST("/api/v1/campaigns/{campaignId}/recipients/contacts", { ...path, body: picked }));
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["campaigns"] }),
  });
}
