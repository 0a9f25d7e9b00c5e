import { Alert, Button, Code, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAlertTriangle, IconDeviceMobile, IconPlus, IconRefresh, IconSettings } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { channels } from "../../api/channels";
import { useMay } from "../../api/session";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { Pill, type Tone } from "../../ui/Pill";
import { done } from "../../ui/toasts";
import { useFormat } from "../../ui/useFormat";
import { useNow } from "../../ui/useNow";
import { whenDone } from "../../ui/whenDone";
import { ChannelForm } from "./ChannelForm";
import classes from "./Channels.module.css";
import { ConnectDialog } from "./ConnectDialog";
import { type Channel, useChangeChannel, useRefresh } from "./data";

export function ChannelsPage() {
  const { t } = useTranslation("channels");
  const found = useQuery({ ...channels, refetchInterval: 30_000 });
  const mayWrite = useMay()("channels:write");
  const [connecting, connect] = useDisclosure();
  const add = mayWrite && (
    <Button leftSection={<IconPlus size={16} />} onClick={connect.open}>
      {t("connect.title")}
    </Button>
  );
  return (
    <Page title={t("title")} text={t("text")} actions={found.data?.items.length !== 0 && add}>
      {connecting && <ConnectDialog onClose={connect.close} />}
      {found.error ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : found.data?.items.length === 0 ? (
        <EmptyState icon={IconDeviceMobile} title={t("none")} text={t("noneText")} action={add} />
      ) : (
        <Stack gap="md">
          {found.data?.items.map((channel) =>
            channel.webChat ? (
              <WebChat key={channel.id} channel={channel} origins={channel.webChat.allowedOrigins} />
            ) : (
              <Health key={channel.id} channel={channel} />
            ),
          ) ?? <Skeleton h={190} />}
        </Stack>
      )}
    </Page>
  );
}

/** A chat on the company's own pages: where it may stand, and the line that shows it there. */
function WebChat({ channel, origins }: { channel: Channel; origins: readonly string[] }) {
  const { t } = useTranslation("channels");
  const line = `<script src="${location.origin}/chat/embed.js" data-chat="${channel.id}" async></script>`;
  return (
    <section className={classes.card} aria-label={channel.name}>
      <Group gap="xs">
        <Title order={2}>{channel.name}</Title>
        <Pill tone="neutral">{t("webChat.title")}</Pill>
      </Group>
      <Text c="dimmed">{t("webChat.text", { origins: origins.join(", ") })}</Text>
      <Text mt="md" mb={6}>
        {t("webChat.line")}
      </Text>
      <Code block dir="ltr" tabIndex={0}>
        {line}
      </Code>
    </section>
  );
}

const TONES: Record<string, Tone> = { GREEN: "good", YELLOW: "warn", RED: "bad" };
const QUALITIES = ["GREEN", "YELLOW", "RED"] as const;

/** How one number is: what Meta thinks of it, how much and how fast it may send, whether we hear from it. */
function Health({ channel }: { channel: Channel }) {
  const { t } = useTranslation("channels");
  const may = useMay();
  const format = useFormat();
  const now = useNow();
  const refresh = useRefresh(channel.id);
  const [changing, change] = useDisclosure();
  const name = channel.verifiedName || channel.name;
  const quality = QUALITIES.find((each) => each === channel.quality) ?? "UNKNOWN";
  const tier = channel.tier.replace("TIER_", "");
  return (
    <section className={classes.card} aria-label={`${name} ${channel.displayPhoneNumber}`}>
      <Group justify="space-between" gap="sm">
        <div>
          <Group gap="xs">
            <Title order={2}>{name}</Title>
            <Pill tone={TONES[quality] ?? "neutral"}>{t(`qualities.${quality}`)}</Pill>
          </Group>
          <Text c="dimmed" className="tabular">
            <span dir="ltr">{channel.displayPhoneNumber}</span> · {channel.name}
          </Text>
        </div>
        {may("channels:write") && (
          <Group gap="xs">
            <Button
              variant="default"
              leftSection={<IconRefresh size={16} />}
              loading={refresh.isPending}
              onClick={() => whenDone(refresh.mutateAsync(undefined), () => done(t("refreshed", { name })))}
            >
              {t("refresh")}
            </Button>
            <Button variant="default" leftSection={<IconSettings size={16} />} onClick={change.open}>
              {t("settings")}
            </Button>
          </Group>
        )}
      </Group>
      {channel.stopped && <Stopped channel={channel} name={name} />}
      <dl className={classes.facts}>
        <div>
          <dt>{t("quality")}</dt>
          <dd>
            <b>{t(`qualities.${quality}`)}</b>
            <p>{t(`qualityText.${quality}`)}</p>
          </dd>
        </div>
        <div>
          <dt>{t("tier")}</dt>
          <dd>
            <b>{tier === "UNLIMITED" ? t("unlimited") : tier}</b>
            <p>{t("tierText")}</p>
          </dd>
        </div>
        <div>
          <dt>{t("speed")}</dt>
          <dd>
            <b>{format.number(channel.throughputMps)}</b>
            <p>{t("speedText", { share: format.percent(channel.reserveShare, 1) })}</p>
          </dd>
        </div>
        <div>
          <dt>{t("webhook")}</dt>
          <dd>
            <b>{channel.lastWebhookAt ? t("time.ago", { age: format.age(channel.lastWebhookAt, now) }) : t("never")}</b>
            <p>{t(channel.lastWebhookAt ? "webhookText" : "webhookNever")}</p>
          </dd>
        </div>
      </dl>
      {changing && <ChannelForm channel={channel} onClose={change.close} />}
    </section>
  );
}

function Stopped({ channel, name }: { channel: Channel; name: string }) {
  const { t } = useTranslation("channels");
  const may = useMay();
  const change = useChangeChannel(channel.id);
  return (
    <Alert color="red" mt="md" icon={<IconAlertTriangle size={18} />} title={t("stopped")}>
      <Text mb="xs">{channel.stopped}</Text>
      {may("channels:write") && (
        <Button
          variant="default"
          size="xs"
          loading={change.isPending}
          onClick={() => whenDone(change.mutateAsync({ stopped: null }), () => done(t("lifted", { name })))}
        >
          {t("lift")}
        </Button>
      )}
    </Alert>
  );
}
