import { Button, Checkbox, Group, NumberInput, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { useMay } from "../../api/session";
import { Ask } from "../../ui/Ask";
import { type Column, DataTable } from "../../ui/DataTable";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { done, failed } from "../../ui/toasts";
import { useFormat } from "../../ui/useFormat";
import { isOutside, type RetentionClass, retention, shortened, useKeepFor, type Wanted } from "./data";
import type { en } from "./words";

type Job = NonNullable<Schemas["RetentionView"]["job"]>;

/** For how long each class of things is kept, and how far the last change has come. */
export function RetentionPage() {
  const { t } = useTranslation("retention");
  const found = useQuery(retention);
  const mayWrite = useMay()("settings:write");
  const keepFor = useKeepFor();
  const [changes, change] = useState<Wanted>({});
  const [asking, ask] = useState(false);
  const classes = found.data?.classes ?? [];
  const nameOf = (name: string) => t(`names.${name as keyof typeof en.names}`);
  const daysOf = (each: RetentionClass) => (each.name in changes ? changes[each.name] : each.days);
  const wanted: Wanted = Object.fromEntries(classes.map((each) => [each.name, daysOf(each) ?? null]));
  const less = shortened(classes, wanted);
  const wrong = classes.some((each) => isOutside(each, daysOf(each)));
  const save = async () => {
    await keepFor.mutateAsync(wanted);
    change({});
    done(t("saved"));
  };
  const set = (name: string, days: number | null) => change((before) => ({ ...before, [name]: days }));
  const columns: Column<RetentionClass>[] = [
    {
      id: "class",
      title: t("class"),
      cell: (each) => (
        <div style={{ minWidth: 200 }}>
          <Text fw={500}>{nameOf(each.name)}</Text>
          <Text c="dimmed" fz="sm">
            {t(`about.${each.name as keyof typeof en.about}`)}
          </Text>
        </div>
      ),
    },
    {
      id: "days",
      title: t("days"),
      width: 330,
      cell: (each) => {
        const days = daysOf(each);
        return (
          <Group gap="sm" wrap="nowrap" align="flex-start">
            <NumberInput
              aria-label={t("daysOf", { name: nameOf(each.name) })}
              w={150}
              value={days ?? ""}
              placeholder={t("bounds", each)}
              disabled={!mayWrite || days === null}
              allowDecimal={false}
              allowNegative={false}
              error={isOutside(each, days) ? t("outside", each) : undefined}
              onChange={(value) => set(each.name, typeof value === "number" ? value : 0)}
            />
            {each.mayBeKeptForGood && (
              <Checkbox
                mt={8}
                label={t("forGood")}
                aria-label={t("forGoodOf", { name: nameOf(each.name) })}
                disabled={!mayWrite}
                checked={days === null}
                onChange={(event) => set(each.name, event.currentTarget.checked ? null : (each.days ?? each.minimum))}
              />
            )}
          </Group>
        );
      },
    },
  ];
  return (
    <Page
      title={t("title")}
      text={t("text")}
      actions={
        mayWrite && (
          <Button
            disabled={wrong || Object.keys(changes).length === 0}
            loading={keepFor.isPending}
            onClick={() => (less.length > 0 ? ask(true) : save().catch(failed))}
          >
            {t("save")}
          </Button>
        )
      }
    >
      {found.error ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : (
        <Stack gap="md">
          {found.data?.job && <Carried job={found.data.job} />}
          <DataTable
            label={t("title")}
            columns={columns}
            rows={found.data?.classes}
            keyOf={(each) => each.name}
            stacks
          />
        </Stack>
      )}
      {asking && (
        <Ask
          title={t("sure")}
          text={t("sureText", { names: less.map(nameOf).join(", ") })}
          yes={t("sureYes")}
          onYes={save}
          onClose={() => ask(false)}
        />
      )}
    </Page>
  );
}

function Carried({ job }: { job: Job }) {
  const { t } = useTranslation("retention");
  const format = useFormat();
  return (
    <Text role="status" c="dimmed">
      {t(job.state, {
        lookedAt: format.number(job.lookedAt),
        changed: format.number(job.changed),
        at: job.finishedAt ? format.dateTime(job.finishedAt) : "",
      })}
    </Text>
  );
}
