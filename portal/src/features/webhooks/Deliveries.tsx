import { Button, Drawer, Group, Select, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Column, DataTable } from "../../ui/DataTable";
import { ErrorState } from "../../ui/ErrorState";
import { Pill, type Tone } from "../../ui/Pill";
import { done } from "../../ui/toasts";
import { useFormat } from "../../ui/useFormat";
import { whenDone } from "../../ui/whenDone";
import { type DeliveryState, deliveries, STATES, useReplay, type Webhook } from "./data";

const TONES: Record<DeliveryState, Tone> = { waiting: "busy", delivered: "good", parked: "bad" };

interface Props {
  webhook: Webhook;
  mayWrite: boolean;
  onClose: () => void;
}

/** What became of each telling; what was not taken is sent once more from here. */
export function Deliveries({ webhook, mayWrite, onClose }: Props) {
  const { t } = useTranslation("webhooks");
  const format = useFormat();
  const [state, setState] = useState<DeliveryState>();
  const found = useInfiniteQuery(deliveries(webhook.id, state));
  const replay = useReplay(webhook.id);
  const rows = found.data?.pages.flatMap((page) => page.items);
  const parked = rows?.filter((each) => each.state === "parked").map((each) => each.id) ?? [];
  const send = (ids: string[]) => whenDone(replay.mutateAsync(ids), ({ count }) => done(t("replayed", { count })));
  const columns: Column<NonNullable<typeof rows>[number]>[] = [
    { id: "at", title: t("at"), cell: (each) => format.dateTime(each.at) },
    { id: "event", title: t("event"), cell: (each) => each.type },
    {
      id: "state",
      title: t("state"),
      cell: (each) => <Pill tone={TONES[each.state]}>{t(`states.${each.state}`)}</Pill>,
    },
    { id: "tries", title: t("tries"), align: "end", cell: (each) => format.number(each.tries) },
    { id: "answer", title: t("answer"), cell: (each) => each.lastError || (each.lastStatus ?? "–") },
  ];
  if (mayWrite) {
    columns.push({
      id: "replay",
      title: t("replay"),
      hiddenTitle: true,
      align: "end",
      cell: (each) =>
        each.state !== "waiting" && (
          <Button size="compact-sm" variant="default" onClick={() => send([each.id])}>
            {t("replay")}
          </Button>
        ),
    });
  }
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={820}
      title={t("logOf", { name: webhook.name })}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <Group mb="sm" justify="space-between">
        <Select
          aria-label={t("state")}
          placeholder={t("settled")}
          clearable
          w={180}
          value={state ?? null}
          data={STATES.map((value) => ({ value, label: t(`states.${value}`) }))}
          onChange={(value) => setState((value as DeliveryState | null) ?? undefined)}
        />
        {mayWrite && parked.length > 0 && (
          <Button variant="default" loading={replay.isPending} onClick={() => send(parked.slice(0, 100))}>
            {t("replayAll")}
          </Button>
        )}
      </Group>
      {found.error && !found.data ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : rows?.length === 0 ? (
        <Text c="dimmed">{t("noLog")}</Text>
      ) : (
        <DataTable label={t("log")} rows={rows} keyOf={(each) => each.id} columns={columns} />
      )}
      {found.hasNextPage && (
        <Button mt="sm" variant="default" loading={found.isFetchingNextPage} onClick={() => found.fetchNextPage()}>
          {t("action.showMore")}
        </Button>
      )}
    </Drawer>
  );
}
