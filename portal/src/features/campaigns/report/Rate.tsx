import { Text, Title } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../../ui/useFormat";
import type { Progress } from "../data";
import { joined, rates, type Seen } from "./curve";
import classes from "./Report.module.css";

const WIDTH = 600;
const HEIGHT = 140;

/** The run's counters as far as this page has seen them; a reload keeps them. */
function useSeen(progress: Progress | undefined): Seen[] {
  const key = `parley.rate.${progress?.runId}`;
  const [seen, setSeen] = useState<Seen[]>([]);
  useEffect(() => {
    if (!progress) return;
    const kept: Seen[] = JSON.parse(sessionStorage.getItem(key) ?? "[]");
    const { sent, failed } = progress.counts;
    const next = joined(kept, { at: new Date(progress.asOf).getTime(), sent: sent + failed });
    sessionStorage.setItem(key, JSON.stringify(next));
    setSeen(next);
  }, [progress, key]);
  return seen;
}

export function Rate({ progress }: { progress: Progress | undefined }) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const points = rates(useSeen(progress));
  const top = Math.max(1, ...points.map((point) => point.perMinute));
  const first = points[0]?.at ?? 0;
  const span = Math.max(1, (points.at(-1)?.at ?? 0) - first);
  const path = points.map(
    (point) => `${((point.at - first) / span) * WIDTH},${HEIGHT - (point.perMinute / top) * (HEIGHT - 8)}`,
  );
  return (
    <section className={classes.panel} aria-label={t("report.rate")}>
      <Title order={2} fz={14}>
        {t("report.rate")}
      </Title>
      <Text c="dimmed" fz="xs" mb="xs">
        {t("report.rateText")} · {t("report.perMinute")}
      </Text>
      {points.length < 2 ? (
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
            aria-label={`${t("report.perMinute")}: ${format.number(Math.round(points.at(-1)?.perMinute ?? 0))}`}
          >
            <polygon
              points={`0,${HEIGHT} ${path.join(" ")} ${WIDTH},${HEIGHT}`}
              fill="var(--mantine-color-brand-filled)"
              opacity="0.14"
            />
            <polyline
              points={path.join(" ")}
              fill="none"
              stroke="var(--mantine-color-brand-filled)"
              strokeWidth="2"
              vectorEffect="non-scaling-stroke"
            />
          </svg>
          <Text c="dimmed" fz="xs" className="tabular" style={{ display: "flex", justifyContent: "space-between" }}>
            <span>{format.clockTime(new Date(first))}</span>
            <span>max {format.number(Math.round(top))}</span>
            <span>{format.clockTime(new Date(first + span))}</span>
          </Text>
        </>
      )}
    </section>
  );
}
