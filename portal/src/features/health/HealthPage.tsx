import { Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconRefresh } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { whatsappNumbers } from "../../api/channels";
import type { Schemas } from "../../api/client";
import { useMay } from "../../api/session";
import { Ask } from "../../ui/Ask";
import cards from "../../ui/Card.module.css";
import { DataTable } from "../../ui/DataTable";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { Pill } from "../../ui/Pill";
import { done } from "../../ui/toasts";
import { useFormat } from "../../ui/useFormat";
import { useNow } from "../../ui/useNow";
import { Checklist } from "./Checklist";
import { platform, useSendBack } from "./data";
import classes from "./Health.module.css";
import { Letters } from "./Letters";
import { byTrouble, type QueueHealth, STATE_TONES, stateOf, troubles } from "./state";
import type { en } from "./words";

type Platform = Schemas["PlatformHealth"];

/** How the platform itself is: what waits, what was put aside, what failed, and what is left to set up. */
export function HealthPage() {
  const { t } = useTranslation("health");
  const found = useQuery(platform);
  return (
    <Page
      title={t("title")}
      text={t("text")}
      actions={
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} />}
          loading={found.isRefetching}
          onClick={() => found.refetch()}
        >
          {t("readAgain")}
        </Button>
      }
    >
      <Stack gap="lg">
        {found.data && <Verdict platform={found.data} />}
        <Checklist />
        {found.error && !found.data ? (
          <ErrorState error={found.error} retry={() => found.refetch()} />
        ) : (
          <>
            <Part title={t("queues")}>
              <Queues rows={found.data?.queues} />
            </Part>
            <Part title={t("channels")}>
              <Numbers />
            </Part>
            <Functions platform={found.data} />
          </>
        )}
      </Stack>
    </Page>
  );
}

function Part({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  return (
    <div>
      <Title order={2}>{title}</Title>
      {text && <Text c="dimmed">{text}</Text>}
      <div style={{ marginTop: 8 }}>{children}</div>
    </div>
  );
}

function Verdict({ platform: { queues, functions, hours } }: { platform: Platform }) {
  const { t } = useTranslation("health");
  const { parked, slow, failing } = troubles(queues, functions);
  const told = [
    parked > 0 && t("parked", { count: parked }),
    slow > 0 && t("slowQueues", { count: slow }),
    failing > 0 && t("failing", { count: failing, hours }),
  ].filter((each) => each !== false);
  const fine = told.length === 0;
  return (
    <div className={classes.verdict} data-fine={fine || undefined} role="status">
      {fine ? (
        <IconCircleCheck size={22} aria-hidden />
      ) : (
        <IconAlertTriangle size={22} color="var(--mantine-color-error)" aria-hidden />
      )}
      <div>
        <Text fw={600}>{t(fine ? "fine" : "attention")}</Text>
        {fine ? (
          <Text>{t("fineText", { hours })}</Text>
        ) : (
          <>
            <ul>
              {told.map((each) => (
                <li key={each}>{each}</li>
              ))}
            </ul>
            <Text c="dimmed" fz="sm" mt={4}>
              {t("runbook")}
            </Text>
          </>
        )}
      </div>
    </div>
  );
}

const nameOf = (queue: QueueHealth) => `names.${queue.name as keyof typeof en.names}` as const;

function Queues({ rows }: { rows: QueueHealth[] | undefined }) {
  const { t, i18n } = useTranslation("health");
  const format = useFormat();
  const mayWrite = useMay()("health:write");
  const [looking, look] = useState<QueueHealth>();
  const [sending, send] = useState<QueueHealth>();
  const back = useSendBack();
  const sendBack = async (queue: QueueHealth) => {
    const count = await back.mutateAsync(queue.name);
    done(count > 0 ? t("sentBack", { count }) : t("noneSentBack"));
    look(undefined);
  };
  return (
    <>
      <DataTable
        label={t("queues")}
        rows={rows}
        keyOf={(queue) => queue.name}
        columns={[
          {
            id: "queue",
            title: t("queue"),
            cell: (queue) => (
              <>
                <Text fw={500}>{t(nameOf(queue))}</Text>
                <Text c="dimmed" fz="xs">
                  {queue.name}
                </Text>
              </>
            ),
          },
          {
            id: "waiting",
            title: t("waiting"),
            align: "end",
            cell: ({ waiting, delayed, sendsBack }) => (sendsBack ? format.number(waiting + delayed) : t("unmeasured")),
          },
          {
            id: "inHand",
            title: t("inHand"),
            align: "end",
            cell: ({ inHand, sendsBack }) => (sendsBack ? format.number(inHand) : t("unmeasured")),
          },
          {
            id: "oldest",
            title: t("oldest"),
            align: "end",
            cell: ({ oldestSeconds }) =>
              oldestSeconds === null ? t("unmeasured") : format.countdown(oldestSeconds * 1000),
          },
          {
            id: "state",
            title: t("state"),
            cell: (queue) => {
              const state = stateOf(queue);
              const count = new Intl.NumberFormat(i18n.language).format(queue.deadLetters);
              return <Pill tone={STATE_TONES[state]}>{t(`states.${state}`, { count: count as never })}</Pill>;
            },
          },
          {
            id: "acts",
            title: t("action.more"),
            hiddenTitle: true,
            align: "end",
            cell: (queue) =>
              queue.deadLetters > 0 && (
                <Group gap={6} wrap="nowrap" justify="flex-end">
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={t("lookAt", { queue: t(nameOf(queue)) })}
                    onClick={() => look(queue)}
                  >
                    {t("look")}
                  </Button>
                  {mayWrite && queue.sendsBack && (
                    <Button
                      size="compact-sm"
                      aria-label={t("sendBackOf", { queue: t(nameOf(queue)) })}
                      onClick={() => send(queue)}
                    >
                      {t("sendBack")}
                    </Button>
                  )}
                </Group>
              ),
          },
        ]}
      />
      {looking && (
        <Letters
          queue={looking}
          name={t(nameOf(looking))}
          onSendBack={mayWrite && looking.sendsBack ? () => send(looking) : undefined}
          onClose={() => look(undefined)}
        />
      )}
      {sending && (
        <Ask
          title={t("sendBackTitle", { count: sending.deadLetters })}
          text={t("sendBackText")}
          yes={t("sendBack")}
          danger={false}
          onYes={() => sendBack(sending)}
          onClose={() => send(undefined)}
        />
      )}
    </>
  );
}

function Numbers() {
  const { t } = useTranslation("health");
  const format = useFormat();
  const now = useNow();
  const found = useQuery(whatsappNumbers);
  if (found.error && !found.data) return <ErrorState error={found.error} retry={() => found.refetch()} />;
  if (!found.data) return <Skeleton h={64} radius={10} />;
  if (found.data.items.length === 0) return <Text c="dimmed">{t("noChannels")}</Text>;
  return (
    <div className={cards.card}>
      <ul className={classes.steps}>
        {found.data.items.map((channel) => (
          <li key={channel.id}>
            <div style={{ flex: 1 }}>
              <Link to="/channels">
                {channel.verifiedName || channel.name} <span dir="ltr">{channel.displayPhoneNumber}</span>
              </Link>
              <Text c="dimmed" fz="xs">
                {channel.stopped ||
                  (channel.lastWebhookAt && t("heard", { age: format.age(channel.lastWebhookAt, now) }))}
              </Text>
            </div>
            {channel.stopped ? (
              <Pill tone="bad">{t("channelStopped")}</Pill>
            ) : channel.quality === "RED" ? (
              <Pill tone="bad">{t("channelLow")}</Pill>
            ) : channel.lastWebhookAt ? (
              <Pill tone="good">{t("channelFine")}</Pill>
            ) : (
              <Pill tone="warn">{t("channelSilent")}</Pill>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Functions({ platform }: { platform: Platform | undefined }) {
  const { t } = useTranslation("health");
  const format = useFormat();
  const unknown = platform?.functions === null;
  const count = (value: number) => (value > 0 ? <Pill tone="bad">{format.number(value)}</Pill> : format.number(0));
  return (
    <Part
      title={t("functions")}
      text={unknown ? t("functionsUnknown") : t("functionsText", { hours: platform?.hours ?? 24 })}
    >
      {!unknown && (
        <DataTable
          label={t("functions")}
          rows={platform?.functions ? byTrouble(platform.functions) : undefined}
          keyOf={(each) => each.name}
          columns={[
            { id: "name", title: t("name"), cell: (each) => each.name },
            { id: "calls", title: t("calls"), align: "end", cell: (each) => format.number(each.calls) },
            { id: "errors", title: t("errors"), align: "end", cell: (each) => count(each.errors) },
            { id: "throttles", title: t("throttles"), align: "end", cell: (each) => count(each.throttles) },
          ]}
        />
      )}
    </Part>
  );
}
