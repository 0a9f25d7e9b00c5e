import { Button, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../ui/useFormat";
import { whenDone } from "../../ui/whenDone";
import type { Condition, Filter } from "./conditions";
import { useCount } from "./data";
import classes from "./Segments.module.css";
import { campaignsOf, useSentence } from "./useSentence";

interface Props {
  conditions: Condition[];
  filter: Filter;
  isReady: boolean;
}

/** What the conditions say in a sentence, and how many they mean; a count is of what stands there now, or not shown. */
export function CountCard({ conditions, filter, isReady }: Props) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const count = useCount();
  const sentence = useSentence(campaignsOf(conditions));
  const isCurrent = count.data && JSON.stringify(count.variables) === JSON.stringify(filter);
  const fit = isCurrent ? t("count.fit", { count: count.data.count, n: format.number(count.data.count) }) : "";
  return (
    <section className={classes.count} aria-label={t("count.title")}>
      <Text c="dimmed" fz="sm">
        {isReady ? sentence(conditions) : t("count.unfinished")}
      </Text>
      <div role="status">
        {isCurrent && (
          <>
            <Text fw={600} fz={22} mt="sm" className="tabular">
              {count.data.complete ? fit : t("count.atLeast", { fit })}
            </Text>
            <Text c="dimmed" fz="xs">
              {t("count.looked", { count: count.data.lookedAt, n: format.number(count.data.lookedAt) })}
            </Text>
          </>
        )}
      </div>
      {!isCurrent && (
        <Button
          mt="sm"
          fullWidth
          variant="default"
          disabled={!isReady}
          loading={count.isPending}
          onClick={() => whenDone(count.mutateAsync(filter))}
        >
          {t("count.action")}
        </Button>
      )}
    </section>
  );
}
