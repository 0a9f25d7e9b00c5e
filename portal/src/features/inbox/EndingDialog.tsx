import { Autocomplete, Button, Group, Modal, Select, Stack, Text, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { deskSettings, queues } from "../../api/desk";
import { done } from "../../ui/toasts";
import { toldAlready, whenDone } from "../../ui/whenDone";
import type { Acts } from "./acts";
import type { Ticket } from "./data";

/** Resolves a ticket: Enter is enough, a word on how it ended is welcome. */
export function EndingDialog({ ticket, acts, onClose }: { ticket: Ticket; acts: Acts; onClose: () => void }) {
  const { t } = useTranslation();
  const [disposition, setDisposition] = useState(ticket.disposition);
  const [summary, setSummary] = useState(ticket.summary);
  const settings = useQuery(deskSettings);
  const own = useQuery(queues).data?.items.find((each) => each.id === ticket.queueId)?.dispositions ?? [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onClose();
    whenDone(acts.resolve.mutateAsync({ disposition, summary }), () => done(t("ticket.resolved")), toldAlready);
  };
  return (
    <Modal opened onClose={onClose} title={t("ticket.resolve")} closeButtonProps={{ "aria-label": t("action.close") }}>
      <form onSubmit={submit}>
        <Stack>
          <Text c="dimmed">{t("ticket.resolveText")}</Text>
          {own.length > 0 ? (
            <Select
              label={t("ticket.disposition")}
              data={own}
              value={disposition || null}
              onChange={(value) => setDisposition(value ?? "")}
              required
              data-autofocus
            />
          ) : (
            <Autocomplete
              label={t("ticket.disposition")}
              description={t("ticket.dispositionText")}
              openOnFocus={false}
              data={settings.data?.dispositions ?? []}
              value={disposition}
              onChange={setDisposition}
              maxLength={80}
              data-autofocus
            />
          )}
          <Textarea
            label={t("ticket.summary")}
            value={summary}
            onChange={(event) => setSummary(event.currentTarget.value)}
            maxLength={4000}
            autosize
            minRows={2}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit">{t("ticket.resolve")}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
