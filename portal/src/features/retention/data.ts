import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, type Schemas } from "../../api/client";

export type RetentionClass = Schemas["RetentionClass"];
/** Days by class; null is until somebody deletes it. */
export type Wanted = Record<string, number | null>;

export const retention = queryOptions({
  queryKey: ["retention"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/retention", { signal })),
  refetchInterval: (query) => (query.state.data?.job && query.state.data.job.state !== "done" ? 10_000 : false),
});

export function useKeepFor() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wanted: Wanted) => body(api.PUT("/api/v1/retention", { body: wanted as Schemas["Retention"] })),
    onSuccess: (view) => client.setQueryData(retention.queryKey, view),
  });
}

/** The classes that would be kept for a shorter time than they are now: what is older goes. */
export function shortened(classes: RetentionClass[], wanted: Wanted): string[] {
  const lasts = (days: number | null | undefined) => days ?? Number.POSITIVE_INFINITY;
  return classes.filter(({ name, days }) => lasts(wanted[name]) < lasts(days)).map(({ name }) => name);
}

/** Why these days cannot be set, if so. */
export function isOutside({ minimum, maximum, mayBeKeptForGood }: RetentionClass, days: number | null | undefined) {
  return days == null ? !mayBeKeptForGood : !Number.isInteger(days) || days < minimum || days > maximum;
}
