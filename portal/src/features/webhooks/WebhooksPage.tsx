import { Button, Code, Drawer, Group, Modal, MultiSelect, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconWebhook } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "../../api/session";
import { DataTable } from "../../ui/DataTable";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { Pill } from "../../ui/Pill";
import { done, failed } from "../../ui/toasts";
import { useFormat } from "../../ui/useFormat";
import { deliveries, eventTypes, useCreate, useReplay, useTest, type Webhook, webhooks } from "./data";

/** The programs that are told what happens, and what became of each telling. */
export function WebhooksPage() {
  const { t } = useTranslation("webhooks");
  const mayWrite = useMay()("webhooks:write");
  const found = useQuery(webhooks);
  const test = useTest();
  const [open, setOpen] = useState<Webhook>();
  const [creating, setCreating] = useState(false);
  const tryOut = (webhook: Webhook) =>
    test.mutate(webhook, {
      onSuccess: ({ delivered, status, error, milliseconds }) => {
        if (delivered) done(t("testDone", { name: webhook.name, status: status ?? 0, ms: milliseconds }));
        else failed(new Error(t("testFailed", { name: webhook.name, error: error || String(status) })));
      },
    });
  const create = mayWrite && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setCreating(true)}>
      {t("create")}
    </Button>
  );
  const isEmpty = found.data?.items.length === 0;
  return (
    <Page title={t("title")} text={t("text")} actions={!isEmpty && create}>
      {found.error && !found.data ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : isEmpty ? (
        <EmptyState icon={IconWebhook} title={t("none")} text={t("noneText")} action={create} />
      ) : (
        <DataTable
          label={t("title")}
          rows={found.data?.items}
          keyOf={(each) => each.id}
          columns={[
            { id: "name", title: t("name"), cell: (each) => each.name },
            { id: "url", title: t("url"), cell: (each) => <Code>{each.url}</Code> },
            { id: "events", title: t("events"), cell: (each) => each.events.join(", ") },
            {
              id: "state",
              title: t("state"),
              cell: (each) => <Pill tone={each.enabled ? "good" : "neutral"}>{t(each.enabled ? "on" : "off")}</Pill>,
            },
            {
              id: "acts",
              title: t("action.more"),
              hiddenTitle: true,
              align: "end",
              cell: (each) => (
                <Group gap={6} wrap="nowrap" justify="flex-end">
                  {mayWrite && (
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-label={t("testOf", { name: each.name })}
                      loading={test.isPending && test.variables?.id === each.id}
                      onClick={() => tryOut(each)}
                    >
                      {t("test")}
                    </Button>
                  )}
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={t("logOf", { name: each.name })}
                    onClick={() => setOpen(each)}
                  >
                    {t("log")}
                  </Button>
                </Group>
              ),
            },
          ]}
        />
      )}
      {open && <Log webhook={open} mayWrite={mayWrite} onClose={() => setOpen(undefined)} />}
      {creating && <CreateDialog onClose={() => setCreating(false)} />}
    </Page>
  );
}

function Log({ webhook, mayWrite, onClose }: { webhook: Webhook; mayWrite: boolean; onClose: () => void }) {
  const { t } = useTranslation("webhooks");
  const format = useFormat();
  const found = useQuery(deliveries(webhook.id));
  const replay = useReplay(webhook.id);
  const send = (id: string) => replay.mutate(id, { onSuccess: ({ count }) => done(t("replayed", { count })) });
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={760}
      title={t("logOf", { name: webhook.name })}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      {found.error && !found.data ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : found.data?.items.length === 0 ? (
        <Text c="dimmed">{t("noLog")}</Text>
      ) : (
        <DataTable
          label={t("log")}
          rows={found.data?.items}
          keyOf={(each) => each.id}
          columns={[
            { id: "at", title: t("at"), cell: (each) => format.dateTime(each.at) },
            { id: "event", title: t("event"), cell: (each) => each.type },
            { id: "state", title: t("state"), cell: (each) => <Pill>{each.state}</Pill> },
            { id: "tries", title: t("tries"), align: "end", cell: (each) => format.number(each.tries) },
            { id: "answer", title: t("answer"), cell: (each) => each.lastError || (each.lastStatus ?? "–") },
            ...(mayWrite
              ? [
                  {
                    id: "replay",
                    title: t("replay"),
                    hiddenTitle: true,
                    align: "end" as const,
                    cell: (each: { id: string }) => (
                      <Button size="compact-sm" variant="default" onClick={() => send(each.id)}>
                        {t("replay")}
                      </Button>
                    ),
                  },
                ]
              : []),
          ]}
        />
      )}
    </Drawer>
  );
}

function CreateDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("webhooks");
  const types = useQuery(eventTypes).data?.items ?? [];
  const create = useCreate();
  const [name, setName] = useState("");
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState<string[]>([]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ name, url, events });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={create.data ? t("secret") : t("create")}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      {create.data ? (
        <Stack>
          <Text c="dimmed">{t("secretText")}</Text>
          <Code block>{create.data.secret}</Code>
          <Button onClick={onClose}>{t("kept")}</Button>
        </Stack>
      ) : (
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              label={t("name")}
              required
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              data-autofocus
            />
            <TextInput
              type="url"
              label={t("url")}
              placeholder="https://"
              required
              value={url}
              onChange={(event) => setUrl(event.currentTarget.value)}
            />
            <MultiSelect
              label={t("events")}
              description={t("eventsText")}
              searchable
              value={events}
              onChange={setEvents}
              data={types.map((each) => each.name)}
            />
            <Button type="submit" loading={create.isPending} disabled={events.length === 0}>
              {t("create")}
            </Button>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
