import { Button, Group, Modal, SegmentedControl, Select, Stack, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { agents, queues } from "../../api/desk";
import { done } from "../../ui/toasts";
import { toldAlready, whenDone } from "../../ui/whenDone";
import type { Acts } from "./acts";
import type { Ticket } from "./data";

/** Gives the ticket to a person or into another queue, with a word for who goes on. */
export function HandOverDialog({ ticket, acts, onClose }: { ticket: Ticket; acts: Acts; onClose: () => void }) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<"agent" | "queue">("agent");
  const [to, setTo] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const people = useQuery(agents);
  const lines = useQuery(queues);
  const choices =
    kind === "agent"
      ? (people.data?.items ?? [])
          .filter((each) => each.id !== ticket.agentId)
          .map((each) => ({
            value: each.id,
            label: `${each.name} · ${t(`presence.${each.presence}`)} · ${each.load}/${each.capacity}`,
          }))
      : (lines.data?.items ?? [])
          .filter((each) => each.enabled && each.id !== ticket.queueId)
          .map((each) => ({ value: each.id, label: each.name }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!to) return;
    onClose();
    const act =
      kind === "agent"
        ? acts.assign.mutateAsync({ agentId: to, note })
        : acts.transfer.mutateAsync({ queueId: to, note });
    whenDone(act, () => done(t("ticket.handedOver")), toldAlready);
  };
  return (
    <Modal opened onClose={onClose} title={t("ticket.handOver")} closeButtonProps={{ "aria-label": t("action.close") }}>
      <form onSubmit={submit}>
        <Stack>
          <SegmentedControl
            aria-label={t("ticket.handOverTo")}
            value={kind}
            onChange={(value) => {
              setKind(value as "agent" | "queue");
              setTo(null);
            }}
            data={[
              { value: "agent", label: t("ticket.toAgent") },
              { value: "queue", label: t("ticket.toQueue") },
            ]}
          />
          <Select
            key={kind}
            label={t(kind === "agent" ? "ticket.toAgent" : "ticket.toQueue")}
            placeholder={t("action.choose")}
            searchable
            comboboxProps={{ withinPortal: false }}
            value={to}
            onChange={setTo}
            data={choices}
            nothingFoundMessage={t("ticket.nobodyElse")}
            data-autofocus
          />
          <Textarea
            label={t("ticket.handOverNote")}
            description={t("ticket.handOverNoteText")}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
            maxLength={4000}
            autosize
            minRows={2}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" disabled={!to}>
              {t("ticket.handOver")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
