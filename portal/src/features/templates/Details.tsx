import { Alert, Button, Group, Modal, SimpleGrid, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ErrorState } from "../../ui/ErrorState";
import { Pill } from "../../ui/Pill";
import type { Template } from "../../ui/templates";
import { done } from "../../ui/toasts";
import { useFormat } from "../../ui/useFormat";
import { whenDone } from "../../ui/whenDone";
import { performance, usage, useDelete } from "./data";
import classes from "./Templates.module.css";

interface Props {
  channelId: string;
  template: Template;
}

/** What became of the messages sent with a template, and who uses it. */
export function Performance({ channelId, template }: Props) {
  const { t } = useTranslation("templates");
  const format = useFormat();
  const found = useQuery(performance(channelId, template));
  if (found.error) return <ErrorState error={found.error} retry={() => found.refetch()} />;
  if (!found.data) return <Skeleton h={180} radius={10} />;
  const { sent, delivered, read, replied, failed: lost, failedByReason, campaigns, complete } = found.data;
  if (sent + lost === 0) return <Text c="dimmed">{t("performance.none")}</Text>;
  const share = (part: number) => format.percent(part, sent);
  return (
    <Stack gap="sm">
      <SimpleGrid cols={2} spacing="xs">
        <Figure name={t("performance.sent")} value={format.number(sent)} />
        <Figure name={t("performance.delivered")} value={share(delivered)} />
        <Figure name={t("performance.read")} value={share(read)} />
        <Figure name={t("performance.replied")} value={share(replied)} />
      </SimpleGrid>
      {lost > 0 && (
        <div>
          <Text fw={600} fz="sm">
            {t("performance.failed", { number: format.number(lost) })}
          </Text>
          {failedByReason.map(({ reason, explanation, count }) => (
            <Text key={reason} fz="sm" c="dimmed">
              {format.number(count)} · {explanation}
            </Text>
          ))}
        </div>
      )}
      <Text c="dimmed" fz="xs">
        {t("performance.over", { count: campaigns })} {!complete && t("performance.partly")}
      </Text>
    </Stack>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div className={classes.figure}>
      <span>{name}</span>
      <b>{value}</b>
    </div>
  );
}

/** The campaigns and workflows that name a template. */
export function Usage({ channelId, template }: Props) {
  const { t } = useTranslation("templates");
  const found = useQuery(usage(channelId, template));
  if (found.error) return <ErrorState error={found.error} retry={() => found.refetch()} />;
  if (!found.data) return <Skeleton h={60} radius={10} />;
  const { campaigns, workflows, complete } = found.data;
  return (
    <Stack gap={4}>
      {campaigns.length + workflows.length === 0 && <Text c="dimmed">{t("usage.none")}</Text>}
      {campaigns.map((each) => (
        <Group key={each.id} gap="xs" wrap="nowrap">
          <Link to="/campaigns/$campaignId" params={{ campaignId: each.id }}>
            {each.name}
          </Link>
          <Pill tone={each.unfinished ? "warn" : "neutral"}>{each.state}</Pill>
        </Group>
      ))}
      {workflows.map((each) => (
        <Group key={each.id} gap="xs" wrap="nowrap">
          <Link to="/workflows/$definitionId" params={{ definitionId: each.id }}>
            {each.name}
          </Link>
          <Pill tone={each.unfinished ? "warn" : "neutral"}>{each.state}</Pill>
        </Group>
      ))}
      {!complete && (
        <Text c="dimmed" fz="xs">
          {t("usage.partly")}
        </Text>
      )}
    </Stack>
  );
}

/** Asks before a template is deleted, and says who would miss it. */
export function DeleteDialog({ channelId, template, onClose }: Props & { onClose: () => void }) {
  const { t } = useTranslation("templates");
  const found = useQuery(usage(channelId, template));
  const remove = useDelete(channelId, template);
  const missed = [...(found.data?.campaigns ?? []), ...(found.data?.workflows ?? [])].filter((each) => each.unfinished);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("delete.title", { name: template.name })}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <Stack gap="sm">
        <Text>{t("delete.text")}</Text>
        {missed.length > 0 && <Alert color="red">{t("delete.missed", { count: missed.length })}</Alert>}
        <Text fw={600}>{t("usage.title")}</Text>
        <Usage channelId={channelId} template={template} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button
            color="red"
            disabled={!found.data}
            loading={remove.isPending}
            onClick={() =>
              whenDone(remove.mutateAsync(missed.length > 0), () => {
                done(t("delete.done", { name: template.name }));
                onClose();
              })
            }
          >
            {t(missed.length > 0 ? "delete.force" : "delete.action")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
