import { Button, Center, Text } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, body, type Schemas } from "../../api/client";
import { type Column, DataTable } from "../../ui/DataTable";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { Pill } from "../../ui/Pill";
import { useFormat } from "../../ui/useFormat";

type Entry = Schemas["AuditEntry"];

export function AuditPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const found = useInfiniteQuery({
    queryKey: ["audit"],
    queryFn: ({ pageParam, signal }) =>
      body(api.GET("/api/v1/audit", { signal, params: { query: pageParam ? { next: pageParam } : {} } })),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });
  const columns: Column<Entry>[] = [
    {
      id: "at",
      title: t("audit.at"),
      cell: (entry) => <span className="tabular">{format.dateTime(entry.at)}</span>,
      width: 190,
    },
    { id: "who", title: t("audit.who"), cell: (entry) => entry.actorName },
    {
      id: "what",
      title: t("audit.what"),
      cell: (entry) => (
        <>
          <Text fw={500}>{entry.action.replace(/[._]/g, " ")}</Text>
          {entry.outcome !== "done" && <Pill tone="warn">{t(`audit.outcomes.${entry.outcome}`)}</Pill>}
        </>
      ),
    },
    {
      id: "detail",
      title: t("audit.detail"),
      width: "40%",
      cell: (entry) => (
        <Text span c="dimmed" fz="sm" style={{ display: "block", minWidth: 220, overflowWrap: "anywhere" }}>
          {Object.entries(entry.detail)
            .map(([name, value]) => `${name}: ${value}`)
            .join(" · ") || entry.target}
        </Text>
      ),
    },
  ];
  const rows = found.data?.pages.flatMap((page) => page.items);
  return (
    <Page title={t("audit.title")} text={t("audit.text")}>
      {found.error ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : rows?.length === 0 ? (
        <EmptyState icon={IconHistory} title={t("audit.none")} />
      ) : (
        <DataTable label={t("audit.title")} columns={columns} rows={rows} keyOf={(entry) => entry.id} />
      )}
      {found.hasNextPage && (
        <Center mt="md">
          <Button variant="default" onClick={() => found.fetchNextPage()} loading={found.isFetchingNextPage}>
            {t("action.showMore")}
          </Button>
        </Center>
      )}
    </Page>
  );
}
