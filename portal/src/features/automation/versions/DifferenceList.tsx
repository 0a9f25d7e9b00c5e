import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type Change, type Difference, isSame } from "../model/difference";
import classes from "./Versions.module.css";

/** Every difference in words and values: `before` and `after` say whose they are. */
export function DifferenceList({
  difference,
  before,
  after,
}: {
  difference: Difference;
  before: string;
  after: string;
}) {
  const { t } = useTranslation("automation");
  if (isSame(difference)) return <Text c="dimmed">{t("difference.none")}</Text>;
  return (
    <div className={classes.differences}>
      {difference.added.map((id) => (
        <div key={`+${id}`} className={classes.step} data-change="added">
          <b>{id}</b> {t("difference.added", { side: after })}
        </div>
      ))}
      {difference.removed.map((id) => (
        <div key={`-${id}`} className={classes.step} data-change="removed">
          <b>{id}</b> {t("difference.removed", { side: before })}
        </div>
      ))}
      {difference.changed.map(({ step, changes }) => (
        <div key={step} className={classes.step} data-change="changed">
          <b>{step}</b>
          <Changes changes={changes} before={before} after={after} />
        </div>
      ))}
      {difference.document.length > 0 && (
        <div className={classes.step} data-change="changed">
          <b>{t("difference.document")}</b>
          <Changes changes={difference.document} before={before} after={after} />
        </div>
      )}
    </div>
  );
}

function Changes({ changes, before, after }: { changes: Change[]; before: string; after: string }) {
  return (
    <dl className={classes.changes}>
      {changes.map((each) => (
        <div key={each.path}>
          <dt>{each.path}</dt>
          <dd data-side="before">
            <span className="sr-only">{before}: </span>
            <del>{shown(each.before)}</del>
          </dd>
          <dd data-side="after">
            <span className="sr-only">{after}: </span>
            <ins>{shown(each.after)}</ins>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function shown(value: unknown): string {
  if (value === undefined) return "—";
  return typeof value === "string" ? value : JSON.stringify(value, null, 1);
}
