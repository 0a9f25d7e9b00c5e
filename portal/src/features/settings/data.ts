import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, type Schemas } from "../../api/client";
import { deskSettings } from "../../api/desk";

export type Settings = Schemas["DeskSettings"];

/** Writes the settings over the version they were read in; another one is refused. */
export function useSaveSettings() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ version, ...draft }: Settings) =>
      body(api.PUT("/api/v1/converse/settings", { params: { header: { "If-Match": `"${version}"` } }, body: draft })),
    onSuccess: (saved) => client.setQueryData(deskSettings.queryKey, saved),
  });
}
