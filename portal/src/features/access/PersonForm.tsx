import { Alert, Button, Group, Modal, Radio, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, type Schemas } from "../../api/client";
import { done, failed } from "../../ui/toasts";
import { useIsHere, whenDone } from "../../ui/whenDone";
import { useChangeUser, useInvite } from "./data";

type Role = Schemas["Role"];
const ROLES: Role[] = ["agent", "supervisor", "administrator"];

/** Invites a person, or changes one. */
export function PersonForm({ user, onClose }: { user?: Schemas["User"]; onClose: () => void }) {
  const { t } = useTranslation();
  const invite = useInvite();
  const change = useChangeUser();
  const isHere = useIsHere();
  const [name, setName] = useState(user?.name ?? "");
  const [email, setEmail] = useState(user?.email ?? "");
  const [role, setRole] = useState<Role>(user?.role ?? "agent");
  const sending = user ? change : invite;
  const refusal = sending.error instanceof ApiError ? sending.error : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (user) {
      whenDone(
        change.mutateAsync({ user, change: { name, role } }),
        () => finish(t("team.changed", { name })),
        (error) => isHere() || failed(error),
      );
    } else {
      whenDone(
        invite.mutateAsync({ name, email, role }),
        () => finish(t("team.invited", { email })),
        (error) => isHere() || failed(error),
      );
    }
  };
  const finish = (message: string) => {
    done(message);
    onClose();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={user ? t("team.change") : t("team.invite")}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form onSubmit={submit}>
        <Stack>
          {sending.error && !refusal?.fields.length && (
            <Alert color="red" role="alert">
              {sending.error.message}
            </Alert>
          )}
          <TextInput
            label={t("team.name")}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={refusal?.field("name")}
            maxLength={100}
            required
            data-autofocus
          />
          {!user && (
            <TextInput
              label={t("signIn.email")}
              description={t("team.emailText")}
              type="email"
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
              error={refusal?.field("email")}
              required
            />
          )}
          <Radio.Group label={t("team.role")} value={role} onChange={(value) => setRole(value as Role)}>
            <Stack gap="xs" mt={6}>
              {ROLES.map((each) => (
                <Radio key={each} value={each} label={t(`role.${each}`)} description={t(`role.${each}Text`)} />
              ))}
            </Stack>
          </Radio.Group>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={sending.isPending}>
              {user ? t("action.save") : t("team.sendInvitation")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
