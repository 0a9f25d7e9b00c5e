import { Alert, Anchor, Group, Select, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconArrowLeft, IconCalendarTime, IconChartBar } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Bar } from "../../../ui/Bar";
import { EmptyState } from "../../../ui/EmptyState";
import { ErrorState } from "../../../ui/ErrorState";
import { useFormat } from "../../../ui/useFormat";
import { useTitle } from "../../../ui/useTitle";
import { ACTIVE, type Campaign, campaign as campaignQuery, progress, type Report, report } from "../data";
import { StatePill } from "../StatePill";
import type { ReportSearch } from "../search";
import { Actions } from "./Actions";
import { Funnel, Reasons } from "./Bars";
import { People } from "./People";
import { Rate } from "./Rate";
import classes from "./Report.module.css";

export function ReportPage() {
  const { t } = useTranslation("campaigns");
  const { campaignId } = useParams({ from: "/campaigns/$campaignId" });
  const found = useQuery(campaignQuery(campaignId));
  useTitle(found.data?.name ?? t("title"));
  return (
    <Stack px={{ base: "md", sm: "lg" }} py="lg" maw={1180} mx="auto" gap="md">
      <Anchor component={Link} to="/campaigns" fz="sm" style={{ alignSelf: "flex-start" }}>
        <Group gap={4}>
          <IconArrowLeft size={15} aria-hidden /> {t("report.back")}
        </Group>
      </Anchor>
      {found.error && !found.data ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : found.data ? (
        <Whole campaign={found.data} />
      ) : (
        <Skeleton h={320} />
      )}
    </Stack>
  );
}

function Whole({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation("campaigns");
  const search = useSearch({ from: "/campaigns/$campaignId" });
  const navigate = useNavigate({ from: "/campaigns/$campaignId" });
  const hasRun = campaign.runs.length > 0;
  const found = useQuery({ ...report(campaign.id, search.run, campaign.state), enabled: hasRun });
  const set = (change: ReportSearch) =>
    navigate({ to: ".", search: (old) => ({ ...old, ...change }), replace: true, resetScroll: false });
  const show = (which: ReportSearch) =>
    set({ state: undefined, reason: undefined, reached: undefined, to: undefined, ...which });
  return (
    <>
      <Group justify="space-between" align="flex-start" gap="sm">
        <div>
          <Group gap="xs">
            <Title order={1}>{campaign.name}</Title>
            <StatePill state={campaign.state} />
          </Group>
          <When report={found.data} />
        </div>
        <Actions campaign={campaign} report={found.data} />
      </Group>
      <Notice campaign={campaign} />
      {!hasRun && <EmptyState icon={IconChartBar} title={t("report.notYet")} text={t("report.notYetText")} />}
      {campaign.runs.length > 1 && (
        <Select
          aria-label={t("report.run")}
          w={140}
          allowDeselect={false}
          value={String(search.run ?? campaign.runs.length)}
          data={campaign.runs.map((_, index) => ({
            value: String(index + 1),
            label: t("report.runs", { n: index + 1 }),
          }))}
          onChange={(run) => set({ run: Number(run) === campaign.runs.length ? undefined : Number(run) })}
        />
      )}
      {found.error && <ErrorState error={found.error} retry={() => found.refetch()} />}
      {hasRun && !found.data && !found.error && <Skeleton h={280} />}
      {found.data && (
        <>
          <Live campaign={campaign} />
          <Numbers report={found.data} />
          <Rate campaign={campaign} report={found.data} run={search.run} />
          <div className={classes.panels}>
            <Funnel report={found.data} search={search} onShow={show} />
            <Reasons report={found.data} search={search} onShow={show} />
          </div>
          <People campaign={campaign} report={found.data} search={search} onSearch={set} />
        </>
      )}
    </>
  );
}

function When({ report }: { report: Report | undefined }) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  if (!report?.startedAt) return null;
  return (
    <Text c="dimmed" fz="sm">
      {t("report.started", { when: format.dateTime(report.startedAt) })}
      {report.endedAt && `, ${t("report.ended", { when: format.clockTime(report.endedAt) })}`}
      {". "}
      {report.final ? t("report.final") : t("report.asOf", { time: format.clockTime(report.asOf) })}
    </Text>
  );
}

function Notice({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const at = campaign.schedule ?? campaign.wish;
  const icon = <IconCalendarTime size={18} />;
  if (campaign.state === "needs_approval") return <Alert icon={icon}>{t("report.waits")}</Alert>;
  if (campaign.state === "too_late") {
    return (
      <Alert color="yellow" icon={icon}>
        {t("report.late")}
      </Alert>
    );
  }
  if (campaign.state === "scheduled" && at) {
    return (
      <Alert icon={icon}>
        {t("report.scheduledFor", { when: `${format.dateTime(at.at, at.timeZone)} (${at.timeZone})` })}
      </Alert>
    );
  }
  if (campaign.stateReason && ["paused", "failed", "cancelled"].includes(campaign.state)) {
    return <Alert color="yellow">{t("report.stopped", { reason: campaign.stateReason })}</Alert>;
  }
  if (campaign.stateReason && campaign.state === "completed") {
    return <Alert color="yellow">{campaign.stateReason}</Alert>;
  }
  return null;
}

/** While it goes: how much is done, how fast, how long still. */
function Live({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const moves = ACTIVE.includes(campaign.state) || campaign.state === "paused";
  const found = useQuery({ ...progress(campaign.id, campaign.state), enabled: moves });
  if (!moves || !found.data) return null;
  const { done, rate, secondsLeft } = found.data;
  return (
    <section className={classes.panel} aria-label={t("progress")}>
      <Group justify="space-between" mb={8}>
        <Text fw={600}>{t("report.done", { share: format.percent(done, 1) })}</Text>
        <Text c="dimmed" fz="sm" className="tabular">
          {t("report.speed", { n: format.number(rate) })}
          {secondsLeft !== null &&
            ` · ${t("report.left", { time: format.countdown(Math.max(1, secondsLeft) * 1000) })}`}
        </Text>
      </Group>
      <Bar done={done} label={t("progress")} still={campaign.state === "paused"} />
    </section>
  );
}

function Numbers({ report }: { report: Report }) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const of = (name: string) => report.funnel.find((step) => step.name === name)?.count ?? 0;
  const { audience, skipped, failed } = report.counts;
  const sent = of("accepted");
  const share = (count: number) => format.percent(count, sent);
  const stats = [
    { label: t("report.audience"), value: audience, text: "" },
    { label: t("report.sent"), value: sent, text: format.percent(sent, audience) },
    { label: t("report.delivered"), value: of("delivered"), text: share(of("delivered")) },
    { label: t("report.read"), value: of("read"), text: share(of("read")) },
    { label: t("report.replied"), value: of("replied"), text: share(of("replied")) },
    { label: t("report.failed"), value: failed, text: "" },
    { label: t("report.skipped"), value: skipped, text: "" },
  ];
  return (
    <dl className={classes.stats}>
      {stats.map((each) => (
        <div key={each.label} className={classes.stat}>
          <dt>{each.label}</dt>
          <dd>
            <b>{format.number(each.value)}</b>
            {each.text && <span>{each.text}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
