import { ActionIcon, Button, Group, Menu, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots, IconUserPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { useMay, useMe } from "../../api/session";
import { type Column, DataTable } from "../../ui/DataTable";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { PersonMark } from "../../ui/PersonMark";
import { Pill, type Tone } from "../../ui/Pill";
import { done } from "../../ui/toasts";
import { useFormat } from "../../ui/useFormat";
import { useNow } from "../../ui/useNow";
import { whenDone } from "../../ui/whenDone";
import { useChangeUser, useRemind, users } from "./data";
import { PersonForm } from "./PersonForm";

type User = Schemas["User"];

const TONES: Record<User["state"], Tone> = { active: "good", invited: "warn", disabled: "neutral" };

export function TeamPage() {
  const { t } = useTranslation();
  const may = useMay();
  const format = useFormat();
  const now = useNow();
  const found = useQuery(users);
  const [inviting, invite] = useDisclosure();
  const [changing, setChanging] = useState<User>();
  const columns: Column<User>[] = [
    { id: "name", title: t("team.name"), cell: (user) => <Person user={user} /> },
    { id: "role", title: t("team.role"), cell: (user) => t(`role.${user.role}`) },
    {
      id: "state",
      title: t("team.state"),
      cell: (user) => <Pill tone={TONES[user.state]}>{t(`team.states.${user.state}`)}</Pill>,
    },
    {
      id: "seen",
      title: t("team.lastSeen"),
      cell: (user) => (
        <Text span c="dimmed" fz="sm">
          {user.lastSeenAt ? t("time.ago", { age: format.age(user.lastSeenAt, now) }) : t("team.never")}
        </Text>
      ),
    },
  ];
  if (may("users:write")) {
    columns.push({
      id: "actions",
      title: t("action.more"),
      hiddenTitle: true,
      align: "end",
      width: 56,
      cell: (user) => <PersonActions user={user} onChange={() => setChanging(user)} />,
    });
  }
  return (
    <Page
      title={t("team.title")}
      text={t("team.text")}
      actions={
        may("users:write") && (
          <Button leftSection={<IconUserPlus size={16} />} onClick={invite.open}>
            {t("team.invite")}
          </Button>
        )
      }
    >
      {found.error ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : (
        <DataTable label={t("team.title")} columns={columns} rows={found.data?.items} keyOf={(user) => user.id} />
      )}
      {inviting && <PersonForm onClose={invite.close} />}
      {changing && <PersonForm user={changing} onClose={() => setChanging(undefined)} />}
    </Page>
  );
}

function Person({ user }: { user: User }) {
  return (
    <Group gap="sm" wrap="nowrap">
      <PersonMark name={user.name} size={32} />
      <div>
        <Text fw={500}>{user.name}</Text>
        <Text c="dimmed" fz="xs">
          {user.email}
        </Text>
      </div>
    </Group>
  );
}

function PersonActions({ user, onChange }: { user: User; onChange: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const change = useChangeUser();
  const remind = useRemind();
  const enable = (enabled: boolean) =>
    whenDone(change.mutateAsync({ user, change: { enabled } }), () =>
      done(t(enabled ? "team.enabled" : "team.disabled", { name: user.name })),
    );
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon aria-label={t("action.moreOf", { name: user.name })}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={onChange}>{t("team.change")}</Menu.Item>
        {user.state === "invited" && (
          <Menu.Item
            onClick={() => whenDone(remind.mutateAsync(user.id), () => done(t("team.reminded", { name: user.name })))}
          >
            {t("team.remind")}
          </Menu.Item>
        )}
        {user.state === "disabled" ? (
          <Menu.Item onClick={() => enable(true)}>{t("team.enable")}</Menu.Item>
        ) : (
          user.id !== me.id && (
            <Menu.Item color="red" c="var(--mantine-color-error)" onClick={() => enable(false)}>
              {t("team.disable")}
            </Menu.Item>
          )
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
