import {
  Alert,
  Button,
  Group,
  Modal,
  MultiSelect,
  PasswordInput,
  Select,
  Stack,
  Switch,
  TextInput,
} from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/client";
import { done, failed } from "../../ui/toasts";
import { useIsHere, whenDone } from "../../ui/whenDone";
import { eventTypes, useChange, useCreate, type Webhook } from "./data";
import { Secret } from "./Secret";

/** A new webhook, or what of one may be changed. A new one ends with its secret, which is shown this once. */
export function WebhookForm({ webhook, onClose }: { webhook?: Webhook; onClose: () => void }) {
  const { t } = useTranslation("webhooks");
  const types = useQuery(eventTypes).data?.items ?? [];
  const create = useCreate();
  const change = useChange();
  const isHere = useIsHere();
  const [values, setValues] = useState({
    name: webhook?.name ?? "",
    url: webhook?.url ?? "",
    events: webhook?.events ?? [],
    format: webhook?.format ?? ("parley" as const),
    enabled: webhook?.enabled ?? true,
  });
  const [authorization, setAuthorization] = useState("");
  const set = (next: Partial<typeof values>) => setValues((old) => ({ ...old, ...next }));
  const error = create.error ?? change.error;
  const refusal = error instanceof ApiError ? error : undefined;
  const names = [...new Set(["*", ...values.events, ...types.map((each) => each.name)])];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = { ...values, ...(authorization && { authorization }) };
    if (!webhook) return create.mutate(wanted);
    return whenDone(
      change.mutateAsync({ webhook, change: wanted }),
      () => {
        done(t("changed", { name: values.name }));
        onClose();
      },
      (error) => isHere() || failed(error),
    );
  };
  if (create.data) return <Secret secret={create.data.secret} onClose={onClose} />;
  return (
    <Modal
      opened
      onClose={onClose}
      title={webhook ? t("change", { name: webhook.name }) : t("create")}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form onSubmit={submit}>
        <Stack>
          {error && !refusal?.fields.length && (
            <Alert color="red" role="alert">
              {error.message}
              {refusal?.errorId && ` (${t("error.id")} ${refusal.errorId})`}
            </Alert>
          )}
          <TextInput
            label={t("name")}
            required
            value={values.name}
            error={refusal?.field("name")}
            onChange={(event) => set({ name: event.currentTarget.value })}
            data-autofocus
          />
          <TextInput
            type="url"
            label={t("url")}
            placeholder="https://"
            required
            value={values.url}
            error={refusal?.field("url")}
            onChange={(event) => set({ url: event.currentTarget.value })}
          />
          <MultiSelect
            label={t("events")}
            description={t("eventsText")}
            searchable
            value={values.events}
            error={refusal?.field("events")}
            onChange={(events) => set({ events })}
            data={names.map((value) => ({ value, label: value === "*" ? t("everything") : value }))}
          />
          <Select
            label={t("format")}
            description={t("formatText")}
            allowDeselect={false}
            value={values.format}
            data={[
              { value: "parley", label: t("formats.parley") },
              { value: "8x8", label: t("formats.compatible") },
            ]}
            onChange={(format) => format && set({ format: format as Webhook["format"] })}
          />
          <PasswordInput
            label={t("authorization")}
            description={t(webhook ? "authorizationKept" : "authorizationText")}
            autoComplete="off"
            value={authorization}
            error={refusal?.field("authorization")}
            onChange={(event) => setAuthorization(event.currentTarget.value)}
          />
          {webhook && (
            <Switch
              label={t("enabled")}
              description={t("enabledText")}
              checked={values.enabled}
              onChange={(event) => set({ enabled: event.currentTarget.checked })}
            />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={create.isPending || change.isPending} disabled={values.events.length === 0}>
              {webhook ? t("action.save") : t("create")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
