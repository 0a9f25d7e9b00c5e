import { AreaChart } from "@mantine/charts";
import { Group, SegmentedControl, Skeleton, Title } from "@mantine/core";
import { IconChartBar } from "@tabler/icons-react";
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, body } from "../../api/client";
import cards from "../../ui/Card.module.css";
import { DataTable } from "../../ui/DataTable";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { countdown } from "../../ui/format";
import { useFormat } from "../../ui/useFormat";
import { type Group as By, GROUPS, LENGTHS, lastDays } from "./period";

const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const report = (days: number, by: By) =>
  queryOptions({
    queryKey: ["reports", "desk", days, by],
    queryFn: ({ signal }) =>
      body(
        api.GET("/api/v1/reports/desk", {
          signal,
          params: { query: { ...lastDays(days, new Date()), timeZone, by } },
        }),
      ),
    placeholderData: keepPreviousData,
  });

/** What was done in the last days: a chart by day, and a table by whatever one asks. */
export function Period() {
  const { t, i18n } = useTranslation("reports");
  const format = useFormat();
  const [days, setDays] = useState<number>(14);
  const [by, setBy] = useState<By>("day");
  const daily = useQuery(report(days, "day"));
  const found = useQuery(report(days, by));
  const error = daily.error ?? found.error;
  const time = (seconds: number | null) => (seconds === null ? "–" : countdown(seconds * 1000, i18n.language));
  const names = { created: t("created"), resolved: t("resolved") };
  const isEmpty = daily.data?.items.length === 0;
  if (error && !daily.data) return <ErrorState error={error} retry={() => daily.refetch()} />;
  return (
    <>
      <Group justify="space-between" mt="xl" mb="sm">
        <Title order={2}>{t("period")}</Title>
        <SegmentedControl
          size="xs"
          aria-label={t("length")}
          value={String(days)}
          onChange={(value) => setDays(Number(value))}
          data={LENGTHS.map((each) => ({ value: String(each), label: t("days", { count: each }) }))}
        />
      </Group>
      {isEmpty ? (
        <EmptyState icon={IconChartBar} title={t("nothing")} text={t("nothingText")} />
      ) : (
        <>
          <section className={cards.card} style={{ padding: 16, marginBottom: 16 }} aria-label={t("byDay")}>
            {daily.data ? (
              <div aria-hidden>
                <AreaChart
                  h={220}
                  withLegend
                  areaProps={{ isAnimationActive: false }}
                  areaChartProps={{ accessibilityLayer: false }}
                  yAxisProps={{ allowDecimals: false }}
                  data={daily.data.items.map((each) => ({
                    day: each.key.slice(5),
                    [names.created]: each.created,
                    [names.resolved]: each.resolved,
                  }))}
                  dataKey="day"
                  series={[
                    { name: names.created, color: "brand.4" },
                    { name: names.resolved, color: "brand.7" },
                  ]}
                />
              </div>
            ) : (
              <Skeleton h={220} />
            )}
          </section>
          <SegmentedControl
            size="xs"
            mb="sm"
            aria-label={t("by")}
            value={by}
            onChange={(value) => setBy(value as By)}
            data={GROUPS.map((each) => ({ value: each, label: t(`groups.${each}`) }))}
          />
          <DataTable
            label={t("period")}
            rows={found.data?.items}
            keyOf={(each) => each.key}
            columns={[
              { id: "key", title: t(`groups.${by}`), cell: (each) => each.name || each.key },
              { id: "created", title: t("created"), align: "end", cell: (each) => format.number(each.created) },
              { id: "resolved", title: t("resolved"), align: "end", cell: (each) => format.number(each.resolved) },
              { id: "in", title: t("messagesIn"), align: "end", cell: (each) => format.number(each.messagesIn) },
              { id: "out", title: t("messagesOut"), align: "end", cell: (each) => format.number(each.messagesOut) },
              { id: "first", title: t("firstResponse"), align: "end", cell: (each) => time(each.averageFirstResponse) },
              { id: "resolution", title: t("resolution"), align: "end", cell: (each) => time(each.averageResolution) },
            ]}
          />
        </>
      )}
    </>
  );
}
