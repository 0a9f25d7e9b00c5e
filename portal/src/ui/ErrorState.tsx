import { Button, Code, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { IconAlertTriangle, IconPlugConnectedX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ApiError, Unreachable } from "../api/client";

/** Says what failed in the server's words, how support finds it, and tries again. */
export function ErrorState({ error, retry }: { error: Error; retry?: () => void }) {
  const { t } = useTranslation();
  const away = error instanceof Unreachable;
  return (
    <Stack align="center" justify="center" gap={6} py={48} px="md" mih={220} ta="center" role="alert">
      <ThemeIcon size={48} radius="xl" variant="light" color={away ? "gray" : "red"} mb={6} aria-hidden>
        {away ? <IconPlugConnectedX size={24} stroke={1.5} /> : <IconAlertTriangle size={24} stroke={1.5} />}
      </ThemeIcon>
      <Title order={2} fz={16}>
        {away ? t("error.unreachable") : t("error.title")}
      </Title>
      <Text c="dimmed" maw={440}>
        {away ? t("error.unreachableText") : error.message}
      </Text>
      {error instanceof ApiError && error.errorId && (
        <Text c="dimmed" fz="xs">
          {t("error.id")} <Code>{error.errorId}</Code>
        </Text>
      )}
      {retry && (
        <Button variant="default" mt={12} onClick={retry}>
          {t("error.retry")}
        </Button>
      )}
    </Stack>
  );
}
