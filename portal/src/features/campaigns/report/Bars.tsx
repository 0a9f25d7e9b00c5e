import { Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../../ui/useFormat";
import type { Report } from "../data";
import type { ReportSearch } from "../search";
import { REACHED } from "./people";
import classes from "./Report.module.css";

type Show = (which: Pick<ReportSearch, "state" | "reason" | "reached">) => void;

interface Props {
  report: Report;
  search: ReportSearch;
  onShow: Show;
}

const NAMES = ["audience", "eligible", "accepted", "sent", "delivered", "read", "replied"] as const;

/** How far the messages came; a bar leads to its people. */
export function Funnel({ report, search, onShow }: Props) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const top = Math.max(1, ...report.funnel.map((step) => step.count));
  return (
    <section className={classes.panel} aria-label={t("report.funnel")}>
      <Title order={2} fz={14} mb="xs">
        {t("report.funnel")}
      </Title>
      <ul className={classes.bars}>
        {report.funnel.map((step) => {
          const known = NAMES.find((name) => name === step.name);
          const label = known ? t(`report.funnelSteps.${known}`) : step.name;
          const isChosen = search.reached === step.name;
          const leads = Boolean(REACHED[step.name]) && step.count > 0;
          const content = (
            <>
              <span>
                {leads && <span className="sr-only">{t("report.showPeople")} </span>}
                {label}
              </span>
              <span className={classes.track}>
                <span className={classes.fill} style={{ display: "block", width: `${(step.count / top) * 100}%` }} />
              </span>
              <span className={classes.number}>
                {format.number(step.count)} <span>{format.percent(step.count, report.counts.audience)}</span>
              </span>
            </>
          );
          return (
            <li key={step.name}>
              {leads ? (
                <button
                  type="button"
                  className={classes.row}
                  aria-pressed={isChosen}
                  onClick={() => onShow(isChosen ? {} : { reached: step.name })}
                >
                  {content}
                </button>
              ) : (
                <div className={classes.row}>{content}</div>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** Why some got nothing, in plain words; a bar leads to its people. */
export function Reasons({ report, search, onShow }: Props) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const all = [
    ...report.failed.map((each) => ({ ...each, tone: "bad" })),
    ...report.skipped.map((each) => ({ ...each, tone: "skip" })),
  ];
  const top = Math.max(1, ...all.map((each) => each.count));
  return (
    <section className={classes.panel} aria-label={t("report.reasons")}>
      <Title order={2} fz={14} mb="xs">
        {t("report.reasons")}
      </Title>
      {all.length === 0 && (
        <Text c="dimmed" fz="sm">
          {t("report.noReasons")}
        </Text>
      )}
      <ul className={classes.bars}>
        {all.map((each) => {
          const isChosen = search.reason === each.reason;
          return (
            <li key={each.reason}>
              <button
                type="button"
                className={`${classes.row} ${classes.reason}`}
                aria-pressed={isChosen}
                onClick={() => onShow(isChosen ? {} : { reason: each.reason })}
              >
                <span>
                  <span className="sr-only">{t("report.showPeople")} </span>
                  {each.explanation}
                </span>
                <span className={classes.number}>
                  {format.number(each.count)} {each.retryable && <span>{t("report.mayPass")}</span>}
                </span>
                <span className={classes.track}>
                  <span
                    className={classes.fill}
                    data-tone={each.tone}
                    style={{ display: "block", width: `${(each.count / top) * 100}%` }}
                  />
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
