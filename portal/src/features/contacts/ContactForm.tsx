import { Alert, Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/client";
import { done, failed } from "../../ui/toasts";
import { useIsHere, whenDone } from "../../ui/whenDone";
import { type Contact, nameOf, type Patch, useCreateContact, usePatchContact } from "./data";

const FIELDS = ["firstName", "lastName", "msisdn", "email", "externalId"] as const;
type Field = (typeof FIELDS)[number];
type Values = Record<Field, string>;

interface Props {
  contact?: Contact;
  onClose: () => void;
}

/** A new contact, or what is known of one. */
export function ContactForm({ contact, onClose }: Props) {
  return contact ? <Changing contact={contact} onClose={onClose} /> : <Making onClose={onClose} />;
}

function Making({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("contacts");
  const create = useCreateContact();
  const isHere = useIsHere();
  return (
    <Form
      title={t("form.title")}
      before={{ firstName: "", lastName: "", msisdn: "", email: "", externalId: "" }}
      busy={create.isPending}
      error={create.error}
      onClose={onClose}
      onSave={({ msisdn, email, ...rest }) => {
        const addresses = said({ msisdn: msisdn.replace(/[\s()-]/g, ""), email });
        whenDone(
          create.mutateAsync({ ...said(rest), addresses }),
          (made) => {
            done(t("form.saved", { name: nameOf(made) }));
            onClose();
          },
          (error) => isHere() || failed(error),
        );
      }}
    />
  );
}

function said(values: Record<string, string>) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim()));
}

function Changing({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const { t } = useTranslation("contacts");
  const patch = usePatchContact(contact);
  const isHere = useIsHere();
  const before: Values = {
    firstName: contact.firstName ?? "",
    lastName: contact.lastName ?? "",
    msisdn: contact.addresses.msisdn ?? "",
    email: contact.addresses.email ?? "",
    externalId: contact.externalId ?? "",
  };
  return (
    <Form
      title={t("form.change", { name: nameOf(contact) })}
      before={before}
      busy={patch.isPending}
      error={patch.error}
      onClose={onClose}
      onSave={(values) =>
        whenDone(
          patch.mutateAsync(steps(before, values)),
          (changed) => {
            done(t("form.saved", { name: nameOf(changed) }));
            onClose();
          },
          (error) => isHere() || failed(error),
        )
      }
    />
  );
}

const PATHS: Record<Field, string> = {
  firstName: "/firstName",
  lastName: "/lastName",
  externalId: "/externalId",
  msisdn: "/addresses/msisdn",
  email: "/addresses/email",
};

function steps(before: Values, after: Values): Patch[] {
  return FIELDS.flatMap((field): Patch[] => {
    const value = field === "msisdn" ? after.msisdn.replace(/[\s()-]/g, "") : after[field].trim();
    if (value === before[field]) return [];
    return value ? [{ op: "add", path: PATHS[field], value }] : [{ op: "remove", path: PATHS[field] }];
  });
}

interface FormProps {
  title: string;
  before: Values;
  busy: boolean;
  error: Error | null;
  onClose: () => void;
  onSave: (values: Values) => void;
}

function Form({ title, before, busy, error, onClose, onSave }: FormProps) {
  const { t } = useTranslation("contacts");
  const [values, setValues] = useState(before);
  const problem = (field: Field) =>
    error instanceof ApiError
      ? error.fields.find((each) => each.field.toLowerCase().endsWith(field.toLowerCase()))?.message
      : undefined;
  const isKnown = FIELDS.some((field) => problem(field));
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ "aria-label": t("action.close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSave(values);
        }}
      >
        <Stack gap="sm">
          {error && !isKnown && (
            <Alert color="red" role="alert">
              {error.message}
              {error instanceof ApiError && error.errorId && ` (${t("error.id")} ${error.errorId})`}
            </Alert>
          )}
          {FIELDS.map((field) => (
            <TextInput
              key={field}
              label={t(`form.${field}`)}
              description={field === "msisdn" ? t("form.msisdnText") : undefined}
              value={values[field]}
              error={problem(field)}
              onChange={(event) => {
                const value = event.currentTarget.value;
                setValues((old) => ({ ...old, [field]: value }));
              }}
            />
          ))}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={busy} disabled={!values.msisdn.trim() && !values.email.trim()}>
              {t("form.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
