import { ActionIcon, Button, Checkbox, Menu, Modal, Group as Row, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots, IconPlus, IconUsersGroup } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { groups } from "../../api/groups";
import { useMay } from "../../api/session";
import { Ask } from "../../ui/Ask";
import { DataTable } from "../../ui/DataTable";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { Pill } from "../../ui/Pill";
import { done, failed } from "../../ui/toasts";
import { useFormat } from "../../ui/useFormat";
import { type Group, useAccount, useCreateGroup, useDeleteGroup, useRenameGroup } from "./data";

export function GroupsPage() {
  const { t } = useTranslation("contacts");
  const may = useMay();
  const format = useFormat();
  const found = useQuery(groups(useAccount()));
  const [making, make] = useDisclosure();
  const create = may("contacts:write") && (
    <Button leftSection={<IconPlus size={16} />} onClick={make.open}>
      {t("groups.create")}
    </Button>
  );
  const rows = found.data?.items;
  return (
    <Page
      title={t("groups.title")}
      text={t("groups.text")}
      actions={
        <>
          <Button component={Link} to="/contacts" variant="default">
            {t("page.back")}
          </Button>
          {rows?.length !== 0 && create}
        </>
      }
    >
      {found.error ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : rows?.length === 0 ? (
        <EmptyState icon={IconUsersGroup} title={t("groups.none")} text={t("groups.noneText")} action={create} />
      ) : (
        <DataTable
          label={t("groups.title")}
          rows={rows}
          keyOf={(group) => String(group.id)}
          columns={[
            {
              id: "name",
              title: t("groups.name"),
              cell: (group) => (
                <>
                  <Row gap="xs">
                    <Text
                      component={Link}
                      to="/contacts"
                      search={{ group: group.id } as never}
                      fw={500}
                      style={{ textDecoration: "none" }}
                    >
                      {group.name}
                    </Text>
                    {group.isBlacklist && <Pill tone="warn">{t("groups.blacklistPill")}</Pill>}
                  </Row>
                  <Text c="dimmed" fz="xs">
                    {group.description}
                  </Text>
                </>
              ),
            },
            { id: "n", title: t("groups.contacts"), align: "end", cell: (group) => format.number(group.contacts) },
            {
              id: "actions",
              title: t("action.more"),
              hiddenTitle: true,
              align: "end",
              width: 56,
              cell: (group) => may("contacts:write") && <GroupMenu group={group} />,
            },
          ]}
        />
      )}
      {making && <GroupForm onClose={make.close} />}
    </Page>
  );
}

function GroupMenu({ group }: { group: Group }) {
  const { t } = useTranslation("contacts");
  const remove = useDeleteGroup();
  const [deleting, ask] = useDisclosure();
  const [renaming, rename] = useDisclosure();
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon aria-label={t("action.moreOf", { name: group.name })}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={rename.open}>{t("groups.rename")}</Menu.Item>
          <Menu.Item color="red" c="var(--mantine-color-error)" onClick={ask.open}>
            {t("groups.delete")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {renaming && <GroupForm group={group} onClose={rename.close} />}
      {deleting && (
        <Ask
          title={t("groups.deleteTitle", { name: group.name })}
          text={t("groups.deleteText")}
          yes={t("groups.delete")}
          onClose={ask.close}
          onYes={async () => {
            await remove.mutateAsync(group.id);
            done(t("groups.deleted", { name: group.name }));
          }}
        />
      )}
    </>
  );
}

function GroupForm({ group, onClose }: { group?: Group; onClose: () => void }) {
  const { t } = useTranslation("contacts");
  const create = useCreateGroup();
  const rename = useRenameGroup();
  const [name, setName] = useState(group?.name ?? "");
  const [description, setDescription] = useState("");
  const [isBlacklist, setBlacklist] = useState(false);
  const label = t(group ? "groups.rename" : "groups.create");
  const save = async () => {
    try {
      if (group) await rename.mutateAsync({ group, name });
      else await create.mutateAsync({ name, isBlacklist, ...(description && { description }) });
      done(t(group ? "groups.renamed" : "groups.made", { name }));
      onClose();
    } catch (error) {
      failed(error);
    }
  };
  return (
    <Modal opened onClose={onClose} title={label} closeButtonProps={{ "aria-label": t("action.close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t("groups.name")}
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {!group && (
            <>
              <TextInput
                label={t("groups.description")}
                maxLength={100}
                value={description}
                onChange={(event) => setDescription(event.currentTarget.value)}
              />
              <Checkbox
                label={t("groups.blacklist")}
                checked={isBlacklist}
                onChange={(event) => setBlacklist(event.currentTarget.checked)}
              />
            </>
          )}
          <Row justify="flex-end">
            <Button type="submit" disabled={!name.trim()} loading={create.isPending || rename.isPending}>
              {label}
            </Button>
          </Row>
        </Stack>
      </form>
    </Modal>
  );
}
