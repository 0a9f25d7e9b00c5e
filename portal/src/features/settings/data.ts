import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, type Schemas } from "../../api/client";
import { deskSettings } from "../../api/desk";

export type Settings = Schemas["DeskSettings"];
export type Retention = Schemas["Retention-Output"];

export const retention = queryOptions({
  queryKey: ["retention"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/retention", { signal })),
});

/** Writes the settings over the version they were read in; another one is refused. */
export function useSaveSettings() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ version, ...draft }: Settings) =>
      body(api.PUT("/api/v1/converse/settings", { params: { header: { "If-Match": `"${version}"` } }, body: draft })),
    onSuccess: (saved) => client.setQueryData(deskSettings.queryKey, saved),
  });
}

export function useSaveRetention() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wish: Retention) => body(api.PUT("/api/v1/retention", { body: wish })),
    onSuccess: (saved) => client.setQueryData(retention.queryKey, saved),
  });
}
