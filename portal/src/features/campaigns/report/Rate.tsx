import { Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ErrorState } from "../../../ui/ErrorState";
import { useFormat } from "../../../ui/useFormat";
import { type Campaign, type Report, timeline } from "../data";
import classes from "./Report.module.css";
import { bars, fineness } from "./timeline";

const WIDTH = 600;
const HEIGHT = 140;

interface Props {
  campaign: Campaign;
  report: Report;
  run: number | undefined;
}

/** How many messages went out in each minute, hour or day of a run, and how many failed. */
export function Rate({ campaign, report, run }: Props) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const per = fineness(report.startedAt ?? report.asOf, report.endedAt ?? report.asOf);
  const found = useQuery(timeline(campaign.id, run, per, campaign.state));
  const drawn = bars(found.data?.items ?? [], per);
  const top = Math.max(1, ...drawn.map((each) => each.sent + each.failed));
  const step = WIDTH / Math.max(6, drawn.length);
  const high = (count: number) => (count / top) * HEIGHT;
  const time = (at: number) => (per === "minute" ? format.clockTime(new Date(at)) : format.dateTime(new Date(at)));
  const first = drawn[0];
  const last = drawn.at(-1);
  return (
    <section className={`${classes.panel} ${classes.wide}`} aria-label={t("report.rate")}>
      <Title order={2} fz={14}>
        {t("report.rate")}
      </Title>
      <Text c="dimmed" fz="xs" mb="xs">
        {t(`report.per.${per}`, { most: format.number(top) })}
      </Text>
      {found.error && <ErrorState error={found.error} retry={() => found.refetch()} />}
      {!first || !last ? (
        <Text c="dimmed" fz="sm">
          {t("report.rateWaiting")}
        </Text>
      ) : (
        <>
          <svg
            className={classes.curve}
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            preserveAspectRatio="none"
            role="img"
            aria-label={t("report.rateSaid", {
              sent: format.number(drawn.reduce((sum, each) => sum + each.sent, 0)),
              from: time(first.at),
              until: time(last.at),
            })}
          >
            {drawn.map((each, index) => (
              <g key={each.at} data-bar>
                <title>
                  {t("report.rateBar", {
                    at: time(each.at),
                    sent: format.number(each.sent),
                    failed: format.number(each.failed),
                  })}
                </title>
                <rect
                  className={classes.bar}
                  x={index * step + step * 0.1}
                  width={step * 0.8}
                  y={HEIGHT - high(each.sent)}
                  height={high(each.sent)}
                />
                <rect
                  className={classes.bar}
                  data-tone="bad"
                  x={index * step + step * 0.1}
                  width={step * 0.8}
                  y={HEIGHT - high(each.sent + each.failed)}
                  height={high(each.failed)}
                />
              </g>
            ))}
          </svg>
          <Text c="dimmed" fz="xs" mt={4} className="tabular" style={{ display: "flex", gap: 16 }}>
            <span>{time(first.at)}</span>
            {last !== first && <span>– {time(last.at)}</span>}
          </Text>
        </>
      )}
    </section>
  );
}
