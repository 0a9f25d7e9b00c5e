import { Alert, Button, Code, CopyButton, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, type Schemas } from "../../api/client";
import { useMay } from "../../api/session";
import { type Column, DataTable } from "../../ui/DataTable";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { Pill } from "../../ui/Pill";
import { done } from "../../ui/toasts";
import { useFormat } from "../../ui/useFormat";
import { useNow } from "../../ui/useNow";
import { whenDone } from "../../ui/whenDone";
import { apiKeys, useCreateKey, useRevokeKey } from "./data";

type ApiKey = Schemas["ApiKey"];
type Role = Schemas["Role"];

export function ApiKeysPage() {
  const { t } = useTranslation();
  const may = useMay();
  const format = useFormat();
  const now = useNow();
  const found = useQuery(apiKeys);
  const [making, make] = useDisclosure();
  const [ending, setEnding] = useState<ApiKey>();
  const columns: Column<ApiKey>[] = [
    {
      id: "name",
      title: t("apiKeys.name"),
      cell: (key) => (
        <>
          <Text fw={500}>{key.name}</Text>
          <Code fz="xs">{key.prefix}…</Code>
        </>
      ),
    },
    { id: "role", title: t("team.role"), cell: (key) => t(`role.${key.role}`) },
    {
      id: "used",
      title: t("apiKeys.lastUsed"),
      cell: (key) => (
        <Text span c="dimmed" fz="sm">
          {key.lastUsedAt ? t("time.ago", { age: format.age(key.lastUsedAt, now) }) : t("team.never")}
        </Text>
      ),
    },
    {
      id: "ends",
      title: t("apiKeys.ends"),
      cell: (key) => <KeyState apiKey={key} now={now} />,
    },
  ];
  const mayWrite = may("api-keys:write");
  if (mayWrite) {
    columns.push({
      id: "revoke",
      title: t("apiKeys.revoke"),
      hiddenTitle: true,
      align: "end",
      cell: (key) =>
        key.revokedAt ? null : (
          <Button variant="subtle" color="red" size="compact-sm" onClick={() => setEnding(key)}>
            {t("apiKeys.revoke")}
          </Button>
        ),
    });
  }
  const create = mayWrite && (
    <Button leftSection={<IconPlus size={16} />} onClick={make.open}>
      {t("apiKeys.create")}
    </Button>
  );
  return (
    <Page title={t("apiKeys.title")} text={t("apiKeys.text")} actions={create}>
      {found.error ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : found.data?.items.length === 0 ? (
        <EmptyState icon={IconKey} title={t("apiKeys.none")} text={t("apiKeys.noneText")} />
      ) : (
        <DataTable label={t("apiKeys.title")} columns={columns} rows={found.data?.items} keyOf={(key) => key.id} />
      )}
      {making && <KeyForm onClose={make.close} />}
      {ending && <Revoke apiKey={ending} onClose={() => setEnding(undefined)} />}
    </Page>
  );
}

function KeyState({ apiKey, now }: { apiKey: ApiKey; now: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (apiKey.revokedAt) return <Pill tone="bad">{t("apiKeys.revoked")}</Pill>;
  if (!apiKey.expiresAt) return <Pill tone="good">{t("apiKeys.neverEnds")}</Pill>;
  if (new Date(apiKey.expiresAt).getTime() <= now) return <Pill tone="bad">{t("apiKeys.ended")}</Pill>;
  return <span>{format.dateTime(apiKey.expiresAt)}</span>;
}

const DAYS = ["", "30", "90", "365"] as const;

function KeyForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const create = useCreateKey();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("agent");
  const [days, setDays] = useState<string>("90");
  const refusal = create.error instanceof ApiError ? create.error : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const expiresAt = days ? new Date(Date.now() + Number(days) * 86_400_000).toISOString() : null;
    create.mutate({ name, role, expiresAt });
  };
  if (create.data) return <NewKey value={create.data.key} onClose={onClose} />;
  return (
    <Modal opened onClose={onClose} title={t("apiKeys.create")} closeButtonProps={{ "aria-label": t("action.close") }}>
      <form onSubmit={submit}>
        <Stack>
          {create.error && !refusal?.fields.length && (
            <Alert color="red" role="alert">
              {create.error.message}
            </Alert>
          )}
          <TextInput
            label={t("apiKeys.name")}
            description={t("apiKeys.nameText")}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={refusal?.field("name")}
            maxLength={100}
            required
            data-autofocus
          />
          <Select
            label={t("team.role")}
            value={role}
            onChange={(value) => setRole((value ?? "agent") as Role)}
            data={(["agent", "supervisor", "administrator"] as const).map((value) => ({
              value,
              label: t(`role.${value}`),
            }))}
            allowDeselect={false}
          />
          <Select
            label={t("apiKeys.ends")}
            value={days}
            onChange={(value) => setDays(value ?? "")}
            data={DAYS.map((value) => ({
              value,
              label: value ? t("apiKeys.inDays", { count: Number(value) }) : t("apiKeys.neverEnds"),
            }))}
            allowDeselect={false}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {t("apiKeys.create")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** The one time a key is shown: closing takes a decision, not a click beside it. */
function NewKey({ value, onClose }: { value: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      title={t("apiKeys.made")}
    >
      <Stack>
        <Text>{t("apiKeys.madeText")}</Text>
        <Code block style={{ wordBreak: "break-all", whiteSpace: "pre-wrap" }}>
          {value}
        </Code>
        <Group justify="flex-end">
          <CopyButton value={value}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? t("action.copied") : t("action.copy")}
              </Button>
            )}
          </CopyButton>
          <Button onClick={onClose}>{t("apiKeys.kept")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Revoke({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const { t } = useTranslation();
  const revoke = useRevokeKey();
  const end = () =>
    whenDone(revoke.mutateAsync(apiKey.id).finally(onClose), () =>
      done(t("apiKeys.revokedDone", { name: apiKey.name })),
    );
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("apiKeys.revokeTitle", { name: apiKey.name })}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <Text>{t("apiKeys.revokeText")}</Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t("action.cancel")}
        </Button>
        <Button color="red" onClick={end} loading={revoke.isPending}>
          {t("apiKeys.revoke")}
        </Button>
      </Group>
    </Modal>
  );
}
