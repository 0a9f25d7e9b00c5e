import { Alert, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconUserCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { DataTable } from "../../../ui/DataTable";
import { ErrorState } from "../../../ui/ErrorState";
import { RowsBehind } from "../../../ui/RowsBehind";
import { useFormat } from "../../../ui/useFormat";
import { type Preflight, skippedLink } from "../data";
import classes from "./Wizard.module.css";

interface Props {
  campaignId: string;
  found: Preflight | undefined;
  error: Error | null;
  retry: () => void;
}

/** Who gets it, who does not and why, how long it takes, what it costs: before anything is sent. */
export function PreflightCard({ campaignId, found, error, retry }: Props) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  if (error) return <ErrorState error={error} retry={retry} />;
  if (!found?.ready) {
    return (
      <Group className={classes.panel} gap="sm" role="status">
        <Loader size="sm" />
        <Text>{t("review.checking")}</Text>
      </Group>
    );
  }
  const cost = Number(found.totalCost);
  return (
    <section className={classes.panel} aria-label={t("review.title")}>
      <Group gap="xs" mb="sm">
        <IconUserCheck size={20} stroke={1.6} aria-hidden />
        <Title order={2}>{t("review.gets", { count: found.eligible, n: format.number(found.eligible) })}</Title>
      </Group>
      {found.warnings.map((warning) => (
        <Alert key={warning} color="yellow" mb="sm" icon={<IconAlertTriangle size={18} />}>
          {warning}
        </Alert>
      ))}
      <dl className={classes.counts} style={{ margin: "0 0 16px" }}>
        <div className={classes.count}>
          <dt>{t("review.takes")}</dt>
          <dd>{format.countdown(Math.max(1, found.seconds) * 1000)}</dd>
        </div>
        <div className={classes.count}>
          <dt>{t("review.costs")}</dt>
          <dd>{cost === 0 ? t("review.free") : format.money(cost, found.currency)}</dd>
        </div>
        <div className={classes.count}>
          <dt>{t("review.skipped")}</dt>
          <dd>{format.number(found.audience - found.eligible)}</dd>
        </div>
      </dl>
      {found.skipped.length === 0 ? (
        <Text c="dimmed">{t("review.nobodySkipped")}</Text>
      ) : (
        <Stack component="ul" gap={6} p={0} m={0} style={{ listStyle: "none" }}>
          {found.skipped.map((skip) => (
            <Group key={skip.reason} component="li" justify="space-between" gap="sm" wrap="nowrap">
              <Text fz="sm">{skip.explanation}</Text>
              <Text fz="sm" fw={600} className="tabular">
                {format.number(skip.count)}
              </Text>
            </Group>
          ))}
        </Stack>
      )}
      {found.audience > found.eligible && (
        <div style={{ marginTop: 12 }}>
          <RowsBehind
            title={t("review.skippedTitle", {
              count: found.audience - found.eligible,
              n: format.number(found.audience - found.eligible),
            })}
            text={t("review.skippedText")}
            label={t("review.skippedRows")}
            link={async () => (await skippedLink(campaignId)).url}
          />
        </div>
      )}
      {cost > 0 && (
        <details style={{ marginTop: 16 }}>
          <summary style={{ cursor: "pointer", marginBottom: 8 }}>
            {t("review.byCountry")}{" "}
            <Text span c="dimmed" fz="xs">
              {t("review.rates", { date: found.ratesValidFrom })}
            </Text>
          </summary>
          <DataTable
            label={t("review.byCountry")}
            rows={found.costs}
            keyOf={(each) => each.country}
            columns={[
              { id: "country", title: t("review.country"), cell: (each) => format.country(each.country) },
              { id: "n", title: t("review.messages"), align: "end", cell: (each) => format.number(each.messages) },
              { id: "rate", title: t("review.each"), align: "end", cell: (each) => each.rate },
              {
                id: "amount",
                title: t("review.amount"),
                align: "end",
                cell: (each) => format.money(Number(each.amount), found.currency),
              },
            ]}
          />
        </details>
      )}
    </section>
  );
}
