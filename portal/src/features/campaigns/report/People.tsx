import { Button, Group, Select, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconDownload, IconSearch, IconUserSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useMay } from "../../../api/session";
import { DataTable } from "../../../ui/DataTable";
import { open } from "../../../ui/download";
import { EmptyState } from "../../../ui/EmptyState";
import { ErrorState } from "../../../ui/ErrorState";
import { Pill, type Tone } from "../../../ui/Pill";
import { useFormat } from "../../../ui/useFormat";
import { whenDone } from "../../../ui/whenDone";
import { type Campaign, people, type Report, type RowState, seconds, useExport } from "../data";
import { type ReportSearch, ROW_STATES } from "../search";
import { lastAt, wanted } from "./people";

const TONES: Partial<Record<RowState, Tone>> = {
  accepted: "busy",
  sent: "busy",
  delivered: "good",
  read: "good",
  played: "good",
  failed: "bad",
  unknown: "warn",
  not_confirmed: "warn",
};

interface Props {
  campaign: Campaign;
  report: Report;
  search: ReportSearch;
  onSearch: (change: ReportSearch) => void;
}

/** The people of a run, all or those a bar stands for. */
export function People({ campaign, report, search, onSearch }: Props) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const found = useInfiniteQuery({
    ...people(campaign.id, search.run, wanted(search)),
    // Only the first page moves by itself: further ones would be asked for one after the other each time.
    refetchInterval: ({ state }) => (state.data?.pages.length === 1 ? seconds(campaign.state) : false),
  });
  const rows = found.data?.pages.flatMap((page) => page.items);
  const reasons = [...report.failed, ...report.skipped];
  const setTo = useDebouncedCallback((to: string) => onSearch({ to: to || undefined }), 300);
  return (
    <div>
      <Group justify="space-between" mb="sm" gap="xs">
        <Title order={2}>{t("report.people")}</Title>
        <Export campaign={campaign} search={search} />
      </Group>
      <Group gap="xs" mb="sm">
        <TextInput
          aria-label={t("report.findNumber")}
          placeholder={t("report.findNumber")}
          leftSection={<IconSearch size={15} aria-hidden />}
          defaultValue={search.to ?? ""}
          onChange={(event) => setTo(event.currentTarget.value)}
          style={{ flex: "1 1 160px", maxWidth: 260 }}
        />
        <Select
          aria-label={t("state")}
          placeholder={t("report.anyState")}
          clearable
          w={170}
          value={search.state ?? null}
          data={ROW_STATES.map((state) => ({ value: state, label: t(`report.rowStates.${state}`) }))}
          onChange={(state) => onSearch({ state: (state as RowState) ?? undefined, reached: undefined })}
        />
        {reasons.length > 0 && (
          <Select
            aria-label={t("report.reason")}
            placeholder={t("report.anyReason")}
            clearable
            style={{ flex: "1 1 200px", maxWidth: 360 }}
            value={search.reason ?? null}
            data={reasons.map((each) => ({ value: each.reason, label: each.explanation }))}
            onChange={(reason) => onSearch({ reason: reason ?? undefined })}
          />
        )}
      </Group>
      {found.error ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : rows?.length === 0 && !found.hasNextPage ? (
        <EmptyState icon={IconUserSearch} title={t("report.nobody")} text={t("report.nobodyText")} />
      ) : (
        <DataTable
          label={t("report.people")}
          rows={rows}
          keyOf={(row) => String(row.row)}
          columns={[
            {
              id: "to",
              title: t("report.number"),
              cell: (row) => <span className="tabular">{row.to || `#${row.line}`}</span>,
            },
            { id: "country", title: t("report.country"), cell: (row) => format.country(row.country) },
            {
              id: "state",
              title: t("state"),
              cell: (row) => <Pill tone={TONES[row.state] ?? "neutral"}>{t(`report.rowStates.${row.state}`)}</Pill>,
            },
            {
              id: "why",
              title: t("report.why"),
              cell: (row) => (
                <Text span fz="sm" c="dimmed">
                  {row.explanation}
                </Text>
              ),
            },
            {
              id: "at",
              title: t("report.when"),
              align: "end",
              cell: (row) => (
                <Text span fz="sm" c="dimmed" style={{ whiteSpace: "nowrap" }}>
                  {lastAt(row) && format.dateTime(lastAt(row))}
                </Text>
              ),
            },
          ]}
        />
      )}
      {found.hasNextPage && (
        <Button variant="default" mt="md" loading={found.isFetchingNextPage} onClick={() => found.fetchNextPage()}>
          {t("report.more")}
        </Button>
      )}
    </div>
  );
}

/** What is exported are those the list shows: all of a run, or those of a bar, a state, a reason, a number. */
function Export({ campaign, search }: { campaign: Campaign; search: ReportSearch }) {
  const { t } = useTranslation("campaigns");
  const may = useMay();
  const make = useExport(campaign.id);
  const which = wanted(search);
  if (!may("exports:write")) return null;
  return (
    <Button
      variant="default"
      leftSection={<IconDownload size={16} />}
      loading={make.isPending}
      onClick={() =>
        whenDone(make.mutateAsync({ ...which, ...(search.run && { run: search.run }) }), ({ url }) => open(url))
      }
    >
      {t(Object.keys(which).length > 0 ? "report.exportShown" : "report.export")}
    </Button>
  );
}
