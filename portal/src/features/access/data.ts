import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, type Schemas } from "../../api/client";

export const users = queryOptions({
  queryKey: ["users"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/users", { signal })),
});

export const apiKeys = queryOptions({
  queryKey: ["api-keys"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/api-keys", { signal })),
});

export function useInvite() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (draft: Schemas["UserDraft"]) => body(api.POST("/api/v1/users", { body: draft })),
    onSuccess: () => client.invalidateQueries(users),
  });
}

export function useChangeUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ user, change }: { user: Schemas["User"]; change: Schemas["UserChange"] }) =>
      body(
        api.PATCH("/api/v1/users/{userId}", {
          params: { path: { userId: user.id }, header: { "If-Match": `"${user.version}"` } },
          body: change,
        }),
      ),
    onSettled: () => client.invalidateQueries(users),
  });
}

export function useRemind() {
  return useMutation({
    mutationFn: (userId: string) =>
      body(api.POST("/api/v1/users/{userId}/invitation", { params: { path: { userId } } })),
  });
}

export function useCreateKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (draft: Schemas["ApiKeyDraft"]) => body(api.POST("/api/v1/api-keys", { body: draft })),
    onSuccess: () => client.invalidateQueries(apiKeys),
  });
}

export function useRevokeKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (keyId: string) => body(api.DELETE("/api/v1/api-keys/{keyId}", { params: { path: { keyId } } })),
    onSettled: () => client.invalidateQueries(apiKeys),
  });
}
