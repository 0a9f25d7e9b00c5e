import { Alert, Button, Group, NumberInput, SimpleGrid, Stack, TagsInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/client";
import { deskSettings } from "../../api/desk";
import { done, failed } from "../../ui/toasts";
import { whenDone } from "../../ui/whenDone";
import { AuxCodes } from "./AuxCodes";
import { type Settings, useSaveSettings } from "./data";
import { Labels } from "./Labels";
import { Part } from "./Part";
import classes from "./Settings.module.css";

const DAY_MINUTES = 24 * 60;

/** The settings of the desk. What is typed stays as typed, whatever is read anew meanwhile. */
export function DeskForm({ settings, isReadOnly }: { settings: Settings; isReadOnly: boolean }) {
  const { t } = useTranslation("settings");
  const client = useQueryClient();
  const [draft, setDraft] = useState(settings);
  const save = useSaveSettings();
  const isOld = save.error instanceof ApiError && save.error.status === 409;
  const change = (more: Partial<Settings>) => setDraft((before) => ({ ...before, ...more }));
  const wrong = (field: string) => (save.error instanceof ApiError ? save.error.field(field) : undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    whenDone(
      save.mutateAsync(draft),
      (saved) => {
        setDraft(saved);
        done(t("saved"));
      },
      (error) => {
        if (!(error instanceof ApiError && error.status === 409)) failed(error);
      },
    );
  };
  const readAgain = async () => {
    await client.invalidateQueries({ queryKey: deskSettings.queryKey });
    const theirs = client.getQueryData(deskSettings.queryKey);
    if (theirs) setDraft(theirs);
    save.reset();
  };
  const minutes = (name: "pendingClosesAfterMinutes" | "resolvedClosesAfterMinutes", label: string) => (
    <NumberInput
      label={label}
      suffix={` ${t("tickets.minutes")}`}
      min={1}
      max={30 * DAY_MINUTES}
      allowDecimal={false}
      value={draft[name]}
      error={wrong(name)}
      onChange={(value) => change({ [name]: Number(value) })}
    />
  );
  return (
    <form onSubmit={submit}>
      <fieldset disabled={isReadOnly} className={classes.form}>
        <Stack gap="lg">
          <Part title={t("tickets.title")}>
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <NumberInput
                label={t("tickets.capacity")}
                description={t("tickets.capacityText")}
                min={1}
                max={100}
                allowDecimal={false}
                value={draft.capacity}
                error={wrong("capacity")}
                onChange={(value) => change({ capacity: Number(value) })}
              />
              <NumberInput
                label={t("tickets.seats")}
                description={t("tickets.seatsText")}
                min={1}
                allowDecimal={false}
                value={draft.seats ?? ""}
                error={wrong("seats")}
                onChange={(value) => change({ seats: value === "" ? null : Number(value) })}
              />
              {minutes("pendingClosesAfterMinutes", t("tickets.pending"))}
              {minutes("resolvedClosesAfterMinutes", t("tickets.resolved"))}
            </SimpleGrid>
            <TagsInput
              label={t("tickets.words")}
              description={t("tickets.wordsText")}
              maxTags={50}
              value={draft.resolvingWords}
              error={wrong("resolvingWords")}
              onChange={(resolvingWords) => change({ resolvingWords })}
            />
          </Part>
          <Part title={t("endings.title")} text={t("endings.text")}>
            <TagsInput
              aria-label={t("endings.label")}
              maxTags={100}
              value={draft.dispositions}
              error={wrong("dispositions")}
              onChange={(dispositions) => change({ dispositions })}
            />
          </Part>
          <Part title={t("labels.title")} text={t("labels.text")}>
            <Labels labels={draft.labels} wrong={wrong} onChange={(labels) => change({ labels })} />
          </Part>
          <Part title={t("codes.title")}>
            <AuxCodes codes={draft.auxCodes} wrong={wrong} onChange={(auxCodes) => change({ auxCodes })} />
          </Part>
          {isOld && (
            <Alert color="yellow" role="alert">
              {t("changed")}
              <Group mt="xs">
                <Button size="xs" variant="default" onClick={readAgain}>
                  {t("readAgain")}
                </Button>
              </Group>
            </Alert>
          )}
          {!isReadOnly && (
            <Group justify="flex-end">
              <Button type="submit" loading={save.isPending}>
                {t("save")}
              </Button>
            </Group>
          )}
        </Stack>
      </fieldset>
    </form>
  );
}
