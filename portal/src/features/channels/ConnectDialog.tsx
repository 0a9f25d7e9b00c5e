import { Alert, Button, Group, Modal, PasswordInput, Select, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/client";
import { countries } from "../../ui/countries";
import { done, failed } from "../../ui/toasts";
import { useIsHere, whenDone } from "../../ui/whenDone";
import { subaccounts, useConnect } from "./data";

/** A WhatsApp number to send from. The token is kept among the secrets and never shown again. */
export function ConnectDialog({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useTranslation("channels");
  const parts = useQuery(subaccounts);
  const connect = useConnect();
  const isHere = useIsHere();
  const [values, setValues] = useState({
    name: "",
    phoneNumberId: "",
    wabaId: "",
    accessToken: "",
    defaultCountry: "",
    subaccountId: "",
  });
  const set = (next: Partial<typeof values>) => setValues((old) => ({ ...old, ...next }));
  const refusal = connect.error instanceof ApiError ? connect.error : undefined;
  const subaccountId = values.subaccountId || parts.data?.items[0]?.id || "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    whenDone(
      connect.mutateAsync({ ...values, subaccountId, accessToken: values.accessToken.trim() || null }),
      (channel) => {
        done(t("connect.done", { name: channel.verifiedName || channel.name }));
        onClose();
      },
      (error) => isHere() || failed(error),
    );
  };
  const digits = (name: "phoneNumberId" | "wabaId") => (
    <TextInput
      label={t(`connect.${name}`)}
      description={t(`connect.${name}Text`)}
      required
      inputMode="numeric"
      value={values[name]}
      error={refusal?.field(name)}
      onChange={(event) => set({ [name]: event.currentTarget.value.trim() })}
    />
  );
  return (
    <Modal opened onClose={onClose} title={t("connect.title")} closeButtonProps={{ "aria-label": t("action.close") }}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {connect.error && !refusal?.fields.length && (
            <Alert color="red" role="alert">
              {connect.error.message}
              {refusal?.errorId && ` (${t("error.id")} ${refusal.errorId})`}
            </Alert>
          )}
          <TextInput
            label={t("form.name")}
            required
            maxLength={100}
            value={values.name}
            error={refusal?.field("name")}
            onChange={(event) => set({ name: event.currentTarget.value })}
            data-autofocus
          />
          {digits("phoneNumberId")}
          {digits("wabaId")}
          <PasswordInput
            label={t("connect.accessToken")}
            description={t("connect.accessTokenText")}
            autoComplete="off"
            value={values.accessToken}
            error={refusal?.field("accessToken")}
            onChange={(event) => set({ accessToken: event.currentTarget.value })}
          />
          <Select
            label={t("form.country")}
            searchable
            clearable
            value={values.defaultCountry || null}
            data={countries(i18n.language)}
            onChange={(value) => set({ defaultCountry: value ?? "" })}
          />
          {(parts.data?.items.length ?? 0) > 1 && (
            <Select
              label={t("connect.subaccount")}
              allowDeselect={false}
              value={subaccountId}
              data={parts.data?.items.map((each) => ({ value: each.id, label: each.name }))}
              onChange={(value) => value && set({ subaccountId: value })}
            />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={connect.isPending} disabled={!subaccountId}>
              {t("connect.action")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
