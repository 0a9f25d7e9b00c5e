import { ActionIcon, Button, Code, Group, Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots, IconPlus, IconWebhook } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "../../api/session";
import { Ask } from "../../ui/Ask";
import { DataTable } from "../../ui/DataTable";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { Pill } from "../../ui/Pill";
import { done, failed } from "../../ui/toasts";
import { whenDone } from "../../ui/whenDone";
import { Deliveries } from "./Deliveries";
import { useNewSecret, useRemove, useTest, type Webhook, webhooks } from "./data";
import { Secret } from "./Secret";
import { WebhookForm } from "./WebhookForm";

/** The programs that are told what happens, and what became of each telling. */
export function WebhooksPage() {
  const { t } = useTranslation("webhooks");
  const mayWrite = useMay()("webhooks:write");
  const found = useQuery(webhooks);
  const test = useTest();
  const [open, setOpen] = useState<Webhook>();
  const [creating, setCreating] = useState(false);
  const [changing, setChanging] = useState<Webhook>();
  const tryOut = (webhook: Webhook) =>
    whenDone(test.mutateAsync(webhook), ({ delivered, status, error, milliseconds }) => {
      if (delivered) done(t("testDone", { name: webhook.name, status: status ?? 0, ms: milliseconds }));
      else failed(new Error(t("testFailed", { name: webhook.name, error: error || String(status) })));
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
              cell: (each) =>
                each.enabled && each.health.state === "failing" ? (
                  <Pill tone="bad">{t("failing")}</Pill>
                ) : (
                  <Pill tone={each.enabled ? "good" : "neutral"}>{t(each.enabled ? "on" : "off")}</Pill>
                ),
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
                  {mayWrite && <Acts webhook={each} onChange={() => setChanging(each)} />}
                </Group>
              ),
            },
          ]}
        />
      )}
      {open && <Deliveries webhook={open} mayWrite={mayWrite} onClose={() => setOpen(undefined)} />}
      {creating && <WebhookForm onClose={() => setCreating(false)} />}
      {changing && <WebhookForm webhook={changing} onClose={() => setChanging(undefined)} />}
    </Page>
  );
}

function Acts({ webhook, onChange }: { webhook: Webhook; onChange: () => void }) {
  const { t } = useTranslation("webhooks");
  const remove = useRemove();
  const renew = useNewSecret();
  const [removing, ask] = useDisclosure();
  const [renewing, askRenew] = useDisclosure();
  const { name } = webhook;
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon aria-label={t("action.moreOf", { name })}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={onChange}>{t("action.change")}</Menu.Item>
          <Menu.Item onClick={askRenew.open}>{t("newSecret")}</Menu.Item>
          <Menu.Item color="red" c="var(--mantine-color-error)" onClick={ask.open}>
            {t("remove")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {renewing && (
        <Ask
          title={t("newSecretOf", { name })}
          text={t("newSecretText")}
          yes={t("newSecret")}
          danger={false}
          onYes={() => renew.mutateAsync(webhook.id)}
          onClose={askRenew.close}
        />
      )}
      {renew.data && <Secret secret={renew.data.secret} text={t("oldSecret")} onClose={renew.reset} />}
      {removing && (
        <Ask
          title={t("removeOf", { name })}
          text={t("removeText")}
          yes={t("remove")}
          onYes={async () => {
            await remove.mutateAsync(webhook.id);
            done(t("removed", { name }));
          }}
          onClose={ask.close}
        />
      )}
    </>
  );
}
