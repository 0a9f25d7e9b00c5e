import { queryOptions } from "@tanstack/react-query";
import { api, body } from "./client";

/** The groups of the contacts: recipients of campaigns are chosen out of them, too. */
export const groups = (accountId: string) =>
  queryOptions({
    queryKey: ["groups"],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/accounts/{accountId}/groups", {
          signal,
          params: { path: { accountId }, query: { limit: 500 } },
        }),
      ),
  });
