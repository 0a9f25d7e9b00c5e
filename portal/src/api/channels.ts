import { queryOptions } from "@tanstack/react-query";
import { api, body } from "./client";

/** Every channel there is: WhatsApp numbers and web chats. */
export const channels = queryOptions({
  queryKey: ["channels"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/channels", { signal })),
});

/** The WhatsApp numbers alone: they have templates, quality and limits, and campaigns go out from them. */
export const whatsappNumbers = queryOptions({
  ...channels,
  select: (found) => ({ ...found, items: found.items.filter((each) => each.type === "whatsapp") }),
});
