import { Alert, Button, Code, Drawer, Group, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ErrorState } from "../../ui/ErrorState";
import { useFormat } from "../../ui/useFormat";
import { deadLetters } from "./data";
import classes from "./Health.module.css";
import type { QueueHealth } from "./state";

interface Props {
  queue: QueueHealth;
  name: string;
  onSendBack: (() => void) | undefined;
  onClose: () => void;
}

/** What a queue has put aside, each with the reason its function logged. */
export function Letters({ queue, name, onSendBack, onClose }: Props) {
  const { t } = useTranslation("health");
  const format = useFormat();
  const found = useQuery(deadLetters(queue.name));
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={620}
      title={t("letters", { queue: name })}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <Group justify="space-between" mb="sm">
        <Text c="dimmed">{t("lettersText")}</Text>
        {onSendBack && <Button onClick={onSendBack}>{t("sendBack")}</Button>}
      </Group>
      {!queue.sendsBack && (
        <Alert color="yellow" mb="sm">
          {t("cannotGoBack")}
        </Alert>
      )}
      {found.error && !found.data ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : !found.data ? (
        <Skeleton h={120} />
      ) : found.data.items.length === 0 ? (
        <Text>{t("noLetters")}</Text>
      ) : (
        found.data.items.map((letter) => (
          <article key={letter.id} className={classes.letter}>
            <Text c="dimmed" fz="xs" mb={4}>
              {t("letterAt", { when: format.dateTime(letter.sentAt) })}
            </Text>
            <Text fw={600} fz="sm">
              {t("reason")}
            </Text>
            {letter.reason ? (
              <Code block mb="xs">
                {letter.reason}
              </Code>
            ) : (
              <Text c="dimmed" mb="xs">
                {t("noReason")}
              </Text>
            )}
            <details>
              <summary>{t("content")}</summary>
              <Code block mt={4} style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
                {letter.body}
              </Code>
            </details>
          </article>
        ))
      )}
    </Drawer>
  );
}
