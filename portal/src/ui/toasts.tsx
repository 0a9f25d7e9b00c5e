import { Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import i18next from "i18next";
import { ApiError, Unreachable } from "../api/client";

export function done(message: string): void {
  notifications.show({
    message,
    color: "brand",
    icon: <IconCheck size={18} />,
    autoClose: 4000,
    withBorder: true,
    ...closing(),
  });
}

/** A server's refusal, in its own words, with the id that finds it in the logs. Stays long enough to be copied. */
export function failed(error: unknown): void {
  const away = error instanceof Unreachable;
  const message = away ? i18next.t("error.unreachableText") : error instanceof Error ? error.message : String(error);
  const id = error instanceof ApiError ? error.errorId : undefined;
  notifications.show({
    title: away ? i18next.t("error.unreachable") : undefined,
    message: (
      <>
        {message}
        {id && (
          <Text c="dimmed" fz={11} mt={2}>
            {i18next.t("error.id")} {id}
          </Text>
        )}
      </>
    ),
    color: "red",
    icon: <IconAlertTriangle size={18} />,
    autoClose: 12_000,
    withBorder: true,
    role: "alert",
    ...closing(),
  });
}

function closing() {
  return { closeButtonProps: { "aria-label": i18next.t("action.close") } };
}
