import { Button, Group, Select, Text } from "@mantine/core";
import { IconPlus, IconSearch, IconSpeakerphone } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { whatsappNumbers } from "../../api/channels";
import { useMay } from "../../api/session";
import { Bar } from "../../ui/Bar";
import { type Column, DataTable } from "../../ui/DataTable";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { SearchField } from "../../ui/SearchField";
import { useFormat } from "../../ui/useFormat";
import { CampaignMenu } from "./CampaignMenu";
import { ACTIVE, type Campaign, campaigns, progress } from "./data";
import { StatePill } from "./StatePill";
import { type CampaignSearch, STATES } from "./search";

export function CampaignsPage() {
  const { t } = useTranslation("campaigns");
  const may = useMay();
  const search = useSearch({ from: "/campaigns" });
  const found = useInfiniteQuery(campaigns(search));
  const rows = found.data?.pages.flatMap((page) => page.items);
  const isFiltered = Boolean(search.state || search.q);
  // The rows of another search, shown until this one's are there, do not say that there are none.
  const isNone = rows?.length === 0 && !found.hasNextPage && !found.isPlaceholderData;
  const fresh = may("campaigns:write") && (
    <Button component={Link} to="/campaigns/new" leftSection={<IconPlus size={16} />}>
      {t("fresh")}
    </Button>
  );
  if (isNone && !isFiltered) {
    return (
      <Page title={t("title")} text={t("text")}>
        <EmptyState icon={IconSpeakerphone} title={t("none")} text={t("noneText")} action={fresh} />
      </Page>
    );
  }
  return (
    <Page title={t("title")} text={t("text")} actions={fresh}>
      <Filters search={search} />
      {found.error ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : isNone ? (
        <EmptyState icon={IconSearch} title={t("nothingFits")} text={t("nothingFitsText")} />
      ) : (
        <List rows={rows} />
      )}
      {found.hasNextPage && (
        <Button variant="default" mt="md" loading={found.isFetchingNextPage} onClick={() => found.fetchNextPage()}>
          {t("action.showMore")}
        </Button>
      )}
    </Page>
  );
}

function Filters({ search }: { search: CampaignSearch }) {
  const { t } = useTranslation("campaigns");
  const navigate = useNavigate({ from: "/campaigns" });
  const set = (change: CampaignSearch) =>
    navigate({ to: ".", search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <Group mb="sm" gap="xs">
      <SearchField label={t("search")} value={search.q} onSearch={(q) => set({ q })} />
      <Select
        aria-label={t("state")}
        placeholder={t("anyState")}
        clearable
        w={180}
        value={search.state ?? null}
        data={STATES.map((state) => ({ value: state, label: t(`states.${state}`) }))}
        onChange={(state) => set({ state: (state as CampaignSearch["state"]) ?? undefined })}
      />
    </Group>
  );
}

function List({ rows }: { rows: Campaign[] | undefined }) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const numbers = useQuery(whatsappNumbers);
  const columns: Column<Campaign>[] = [
    { id: "name", title: t("name"), cell: (campaign) => <Name campaign={campaign} /> },
    { id: "state", title: t("state"), width: 130, cell: (campaign) => <StatePill state={campaign.state} /> },
    { id: "progress", title: t("progress"), width: 210, cell: (campaign) => <HowFar campaign={campaign} /> },
    {
      id: "from",
      title: t("from"),
      cell: (campaign) => (
        <Text span fz="sm" c="dimmed" style={{ whiteSpace: "nowrap" }}>
          {numbers.data?.items.find((each) => each.id === campaign.channelId)?.displayPhoneNumber}
        </Text>
      ),
    },
    {
      id: "created",
      title: t("created"),
      cell: (campaign) => (
        <Text span fz="sm" c="dimmed" style={{ whiteSpace: "nowrap" }}>
          {format.dateTime(campaign.createdAt)}
        </Text>
      ),
    },
    {
      id: "actions",
      title: t("action.more"),
      hiddenTitle: true,
      align: "end",
      width: 56,
      cell: (campaign) => <CampaignMenu campaign={campaign} />,
    },
  ];
  return <DataTable label={t("title")} columns={columns} rows={rows} keyOf={(campaign) => campaign.id} />;
}

function Name({ campaign }: { campaign: Campaign }) {
  const format = useFormat();
  const { t } = useTranslation("campaigns");
  const { name, wish, schedule, id } = campaign;
  const at = schedule ?? wish;
  const meant = campaign.state === "draft" ? "report.meantFor" : "report.scheduledFor";
  const text = at && campaign.runs.length === 0 ? t(meant, { when: format.dateTime(at.at) }) : "";
  const link = { fw: 500, style: { display: "block", textDecoration: "none", minWidth: 160 } };
  return (
    <>
      {campaign.state === "draft" ? (
        <Text component={Link} to="/campaigns/$campaignId/edit" params={{ campaignId: id } as never} {...link}>
          {name}
        </Text>
      ) : (
        <Text component={Link} to="/campaigns/$campaignId" params={{ campaignId: id } as never} {...link}>
          {name}
        </Text>
      )}
      <Text c="dimmed" fz="xs">
        {text || campaign.stateReason || (campaign.message?.type === "template" ? campaign.message.name : "")}
      </Text>
    </>
  );
}

function HowFar({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const moves = ACTIVE.includes(campaign.state) || campaign.state === "paused";
  const found = useQuery({ ...progress(campaign.id, campaign.state), enabled: moves });
  const total = campaign.recipients?.summary?.valid;
  if (moves && found.data) {
    const { counts, done } = found.data;
    const all = format.number(counts.audience);
    return (
      <>
        <Bar done={done} label={`${t("progress")} ${campaign.name}`} still={campaign.state === "paused"} />
        <Text fz="xs" c="dimmed" mt={4} className="tabular">
          {t("of", { done: format.number(counts.audience - counts.queued - counts.unknown), all })}
        </Text>
      </>
    );
  }
  return (
    <Text span fz="sm" c="dimmed">
      {total === undefined ? "–" : t("people", { count: total, n: format.number(total) })}
    </Text>
  );
}
