import "@mantine/charts/styles.css";
import { BarChart } from "@mantine/charts";
import { SimpleGrid, Skeleton, Text, Title } from "@mantine/core";
import { IconChartBar } from "@tabler/icons-react";
import { queryOptions, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api, body } from "../../api/client";
import cards from "../../ui/Card.module.css";
import { DataTable } from "../../ui/DataTable";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { countdown } from "../../ui/format";
import { Page } from "../../ui/Page";
import { useFormat } from "../../ui/useFormat";
import { Period } from "./Period";

/** Tickets and agents change it: it is read again every half a minute. */
const desk = queryOptions({
  queryKey: ["tickets", "desk"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/converse/dashboard", { signal })),
  refetchInterval: 30_000,
});

/** How the desk stands: numbers, a chart, and the table behind it. */
export function ReportsPage() {
  const { t, i18n } = useTranslation("reports");
  const format = useFormat();
  const found = useQuery(desk);
  const now = found.data;
  const wait = (seconds: number) => (seconds > 0 ? countdown(seconds * 1000, i18n.language) : "–");
  if (found.error && !now) {
    return (
      <Page title={t("title")}>
        <ErrorState error={found.error} retry={() => found.refetch()} />
      </Page>
    );
  }
  return (
    <Page title={t("title")} text={t("now")} width={1240}>
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm" mb="md">
        <Tile name={t("waiting")}>{now && format.number(now.inQueue)}</Tile>
        <Tile name={t("longest")}>{now && wait(now.longestWaitSeconds)}</Tile>
        <Tile name={t("assigned")}>{now && format.number(now.assigned)}</Tile>
        <Tile name={t("pending")}>{now && format.number(now.pending)}</Tile>
        <Tile name={t("onHold")}>{now && format.number(now.onHold)}</Tile>
        <Tile name={t("team")} text={now && t("load", { load: now.team.load, capacity: now.team.capacity })}>
          {now &&
            t("ofPeople", {
              available: now.team.available,
              all: now.team.available + now.team.busy + now.team.away + now.team.offline,
            })}
        </Tile>
      </SimpleGrid>
      {now && now.queues.length === 0 ? (
        <EmptyState icon={IconChartBar} title={t("none")} text={t("noneText")} />
      ) : (
        <>
          <section className={cards.card} style={{ padding: 16, marginBottom: 16 }} aria-label={t("chart")}>
            <Title order={2} mb="sm">
              {t("chart")}
            </Title>
            {now ? (
              // What it shows stands in the table below, for who does not see it.
              <div aria-hidden>
                <BarChart
                  h={220}
                  type="stacked"
                  withLegend
                  barProps={{ isAnimationActive: false }}
                  barChartProps={{ accessibilityLayer: false }}
                  yAxisProps={{ allowDecimals: false }}
                  data={now.queues.map((each) => ({
                    ...each,
                    [t("waiting")]: each.inQueue,
                    [t("assigned")]: each.assigned,
                    [t("pending")]: each.pending,
                  }))}
                  dataKey="name"
                  series={[
                    { name: t("waiting"), color: "yellow.6" },
                    { name: t("assigned"), color: "brand.7" },
                    { name: t("pending"), color: "gray.5" },
                  ]}
                />
              </div>
            ) : (
              <Skeleton h={220} />
            )}
          </section>
          <DataTable
            label={t("table")}
            rows={now?.queues}
            keyOf={(each) => each.queueId}
            columns={[
              { id: "name", title: t("queue"), cell: (each) => each.name },
              { id: "waiting", title: t("waiting"), align: "end", cell: (each) => format.number(each.inQueue) },
              { id: "longest", title: t("longest"), align: "end", cell: (each) => wait(each.longestWaitSeconds) },
              { id: "assigned", title: t("assigned"), align: "end", cell: (each) => format.number(each.assigned) },
              { id: "pending", title: t("pending"), align: "end", cell: (each) => format.number(each.pending) },
              { id: "onHold", title: t("onHold"), align: "end", cell: (each) => format.number(each.onHold) },
              { id: "resolved", title: t("resolved"), align: "end", cell: (each) => format.number(each.resolved) },
            ]}
          />
        </>
      )}
      <Period />
    </Page>
  );
}

function Tile({ name, text, children }: { name: string; text?: ReactNode; children: ReactNode }) {
  return (
    <section className={cards.card} style={{ padding: "12px 16px", minHeight: 86 }} aria-label={name}>
      <Text c="dimmed" fz="sm">
        {name}
      </Text>
      {children === undefined ? (
        <Skeleton h={24} w={60} mt={6} />
      ) : (
        <Text fz={22} fw={600} className="tabular">
          {children}
        </Text>
      )}
      {text && (
        <Text c="dimmed" fz="xs">
          {text}
        </Text>
      )}
    </section>
  );
}
