import { Button, Group, Skeleton, Text, Title } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import cards from "../../ui/Card.module.css";
import { ErrorState } from "../../ui/ErrorState";
import { checklist } from "./data";
import classes from "./Health.module.css";
import type { en } from "./words";

type Step = keyof typeof en.steps;

const PLACES = {
  channel: "/channels",
  webhook: "/channels",
  template: "/templates",
  contacts: "/contacts/import",
  team: "/team",
} as const satisfies Record<Step, string>;

/** What is left to set up before the first campaign and the first ticket. */
export function Checklist() {
  const { t } = useTranslation("health");
  const found = useQuery(checklist);
  if (found.error && !found.data) return <ErrorState error={found.error} retry={() => found.refetch()} />;
  if (!found.data) return <Skeleton h={260} radius={10} />;
  const items = found.data.items;
  const finished = items.filter((item) => item.done).length;
  return (
    <section aria-label={t("setUp")}>
      <Group justify="space-between" mb={8}>
        <Title order={2}>{t("setUp")}</Title>
        <Text c="dimmed">
          {finished === items.length ? t("setUpDone") : t("setUpOf", { done: finished, all: items.length })}
        </Text>
      </Group>
      {finished < items.length && (
        <div className={cards.card}>
          <ol className={classes.steps}>
            {items.map((item) => {
              const step = item.id as Step;
              return (
                <li key={item.id}>
                  <span className={classes.mark} data-done={item.done || undefined} aria-hidden>
                    {item.done && <IconCheck size={14} stroke={2.5} />}
                  </span>
                  <div style={{ flex: 1 }}>
                    <Text fw={500}>
                      {t(`steps.${step}.title`)}
                      <span className="sr-only"> ({t(item.done ? "stepDone" : "toDo")})</span>
                    </Text>
                    {!item.done && <Text c="dimmed">{t(`steps.${step}.text`)}</Text>}
                  </div>
                  {!item.done && (
                    <Button component={Link} to={PLACES[step]} variant="default" size="compact-sm">
                      {t(`steps.${step}.action`)}
                    </Button>
                  )}
                </li>
              );
            })}
          </ol>
        </div>
      )}
    </section>
  );
}
