import { Button, Code, CopyButton, Group, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** The one time that a webhook's secret is shown. */
export function Secret({ secret, text, onClose }: { secret: string; text?: string; onClose: () => void }) {
  const { t } = useTranslation("webhooks");
  return (
    <Modal opened onClose={onClose} title={t("secret")} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Stack>
        <Text c="dimmed">
          {t("secretText")} {text}
        </Text>
        <Code block style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>
          {secret}
        </Code>
        <Group justify="flex-end" gap="xs">
          <CopyButton value={secret}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {t(copied ? "action.copied" : "action.copy")}
              </Button>
            )}
          </CopyButton>
          <Button onClick={onClose}>{t("kept")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
