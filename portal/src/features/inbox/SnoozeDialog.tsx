import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { done } from "../../ui/toasts";
import { useFormat } from "../../ui/useFormat";
import { toldAlready, whenDone } from "../../ui/whenDone";
import type { Acts } from "./acts";
import { choices, fieldValue } from "./snooze";

/** Puts a ticket off: it leaves the list and comes back at its time. */
export function SnoozeDialog({ acts, onClose }: { acts: Acts; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [now] = useState(() => new Date());
  const [at, setAt] = useState(fieldValue(choices(now)[2]?.at ?? now));
  const [note, setNote] = useState("");
  const isAhead = new Date(at).getTime() > now.getTime();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isAhead) return;
    onClose();
    const moment = new Date(at);
    whenDone(
      acts.snooze.mutateAsync({ at: moment.toISOString(), note }),
      () => done(t("snooze.done", { at: format.dateTime(moment) })),
      toldAlready,
    );
  };
  return (
    <Modal opened onClose={onClose} title={t("snooze.title")} closeButtonProps={{ "aria-label": t("action.close") }}>
      <form onSubmit={submit}>
        <Stack>
          <Text c="dimmed">{t("snooze.text")}</Text>
          <Group gap="xs">
            {choices(now).map((each) => (
              <Button
                key={each.name}
                size="compact-sm"
                variant={at === fieldValue(each.at) ? "filled" : "default"}
                aria-pressed={at === fieldValue(each.at)}
                onClick={() => setAt(fieldValue(each.at))}
              >
                {t(`snooze.${each.name}`)}
              </Button>
            ))}
          </Group>
          <TextInput
            type="datetime-local"
            label={t("snooze.at")}
            min={fieldValue(now)}
            value={at}
            onChange={(event) => setAt(event.currentTarget.value)}
            error={isAhead ? undefined : t("snooze.past")}
            data-autofocus
          />
          <TextInput
            label={t("snooze.note")}
            maxLength={4000}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" disabled={!isAhead}>
              {t("snooze.action")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
