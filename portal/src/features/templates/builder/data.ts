import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body } from "../../../api/client";
import type { Sketch } from "./draft";

/** What of Meta's rules the draft breaks: asked of the server, which asks them once more before it submits. */
export const check = (sketch: Sketch) =>
  queryOptions({
    queryKey: ["template-check", sketch],
    queryFn: ({ signal }) => body(api.POST("/api/v1/template-checks", { signal, body: sketch })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
  });

/** Submits a new template, or the changed components of one that Meta has. */
export function useSubmit(channelId: string, isChange: boolean) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, language, category, components, parameterFormat }: Sketch) =>
      isChange
        ? body(
            api.PATCH("/api/v1/channels/{channelId}/templates/{name}/{language}", {
              params: { path: { channelId, name, language } },
              body: { components } as never,
            }),
          )
        : body(
            api.POST("/api/v1/channels/{channelId}/templates", {
              params: { path: { channelId } },
              body: { name, language, category, components, parameterFormat } as never,
            }),
          ),
    onSettled: () => client.invalidateQueries({ queryKey: ["templates", channelId] }),
  });
}
