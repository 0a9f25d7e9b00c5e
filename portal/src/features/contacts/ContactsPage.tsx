import { ActionIcon, Button, Checkbox, Group, Menu, Select, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconAddressBook,
  IconChevronLeft,
  IconChevronRight,
  IconFileImport,
  IconPlus,
  IconSearch,
  IconUsersGroup,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { groups } from "../../api/groups";
import { useMay } from "../../api/session";
import { countries } from "../../ui/countries";
import { type Column, DataTable } from "../../ui/DataTable";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { PersonMark } from "../../ui/PersonMark";
import { Pill } from "../../ui/Pill";
import { SearchField } from "../../ui/SearchField";
import { done } from "../../ui/toasts";
import { useFormat } from "../../ui/useFormat";
import { whenDone } from "../../ui/whenDone";
import { ContactForm } from "./ContactForm";
import { type Contact, contacts, nameOf, phoneOf, useAccount, useMembers } from "./data";
import type { ContactsSearch } from "./search";

export function ContactsPage() {
  const { t } = useTranslation("contacts");
  const may = useMay();
  const accountId = useAccount();
  const search = useSearch({ from: "/contacts" });
  const found = useQuery(contacts(accountId, search));
  const [adding, add] = useDisclosure();
  const isFiltered = Boolean(search.q || search.group !== undefined || search.country);
  const rows = found.data?.items;
  const bringIn = may("contacts:import") && (
    <Button component={Link} to="/contacts/import" variant="default" leftSection={<IconFileImport size={16} />}>
      {t("import")}
    </Button>
  );
  return (
    <Page
      title={t("title")}
      text={t("text")}
      width={1180}
      actions={
        <>
          <Button component={Link} to="/contacts/groups" variant="default" leftSection={<IconUsersGroup size={16} />}>
            {t("groupsOf")}
          </Button>
          {bringIn}
          {may("contacts:write") && (
            <Button leftSection={<IconPlus size={16} />} onClick={add.open}>
              {t("add")}
            </Button>
          )}
        </>
      }
    >
      <Filters search={search} />
      {found.error ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : rows?.length === 0 ? (
        isFiltered ? (
          <EmptyState icon={IconSearch} title={t("nothingFits")} text={t("nothingFitsText")} />
        ) : (
          <EmptyState icon={IconAddressBook} title={t("none")} text={t("noneText")} action={bringIn} />
        )
      ) : (
        <List rows={rows} />
      )}
      {found.data && found.data.totalPages > 1 && <Pages search={search} pages={found.data.totalPages} />}
      {adding && <ContactForm onClose={add.close} />}
    </Page>
  );
}

function useSet() {
  const navigate = useNavigate({ from: "/contacts" });
  return (change: ContactsSearch) =>
    navigate({ to: ".", search: (old) => ({ ...old, page: undefined, ...change }), replace: true });
}

function Filters({ search }: { search: ContactsSearch }) {
  const { t, i18n } = useTranslation("contacts");
  const set = useSet();
  const all = useQuery(groups(useAccount()));
  return (
    <Group mb="sm" gap="xs">
      <SearchField label={t("search")} value={search.q} onSearch={(q) => set({ q })} />
      <Select
        aria-label={t("group")}
        placeholder={t("anyGroup")}
        clearable
        searchable
        w={180}
        value={search.group === undefined ? null : String(search.group)}
        data={(all.data?.items ?? []).map((each) => ({ value: String(each.id), label: each.name }))}
        onChange={(group) => set({ group: group ? Number(group) : undefined })}
      />
      <Select
        aria-label={t("country")}
        placeholder={t("anyCountry")}
        clearable
        searchable
        w={180}
        value={search.country ?? null}
        data={countries(i18n.language)}
        onChange={(country) => set({ country: country ?? undefined })}
      />
    </Group>
  );
}

function Pages({ search, pages }: { search: ContactsSearch; pages: number }) {
  const { t } = useTranslation("contacts");
  const set = useSet();
  const format = useFormat();
  const page = search.page ?? 0;
  return (
    <Group justify="flex-end" mt="sm" gap="xs">
      <ActionIcon
        aria-label={t("previousPage")}
        disabled={page === 0}
        onClick={() => set({ page: page - 1 || undefined })}
      >
        <IconChevronLeft size={18} />
      </ActionIcon>
      <Text fz="sm" c="dimmed" className="tabular">
        {t("pageOf", { page: format.number(page + 1), all: format.number(pages) })}
      </Text>
      <ActionIcon aria-label={t("nextPage")} disabled={page + 1 >= pages} onClick={() => set({ page: page + 1 })}>
        <IconChevronRight size={18} />
      </ActionIcon>
    </Group>
  );
}

function List({ rows }: { rows: Contact[] | undefined }) {
  const { t } = useTranslation("contacts");
  const may = useMay();
  const format = useFormat();
  const [chosen, setChosen] = useState<number[]>([]);
  const here = chosen.filter((id) => rows?.some((row) => row.id === id));
  const columns: Column<Contact>[] = [
    {
      id: "name",
      title: t("name"),
      cell: (contact) => (
        <Group gap="sm" wrap="nowrap">
          <PersonMark name={nameOf(contact)} size={30} />
          <Text
            component={Link}
            to="/contacts/$contactId"
            params={{ contactId: String(contact.id) } as never}
            fw={500}
            style={{ textDecoration: "none" }}
          >
            {nameOf(contact)}
          </Text>
        </Group>
      ),
    },
    {
      id: "phone",
      title: t("phone"),
      cell: (contact) => (
        <span className="tabular" dir="ltr" style={{ whiteSpace: "nowrap" }}>
          {phoneOf(contact)}
        </span>
      ),
    },
    { id: "country", title: t("country"), cell: (contact) => contact.country && format.country(contact.country) },
    {
      id: "groups",
      title: t("groupsOf"),
      cell: (contact) => (
        <Group gap={4}>
          {contact.groups.map((group) => (
            <Pill key={group.id}>{group.name}</Pill>
          ))}
        </Group>
      ),
    },
    {
      id: "tags",
      title: t("tags"),
      cell: (contact) => (
        <Group gap={4}>
          {contact.optedOut.length > 0 && (
            <Pill tone="warn">
              {t(contact.optedOut.some((each) => each.startsWith("all")) ? "blocked" : "optedOut")}
            </Pill>
          )}
          {contact.tags.map((tag) => (
            <Pill key={tag}>{tag}</Pill>
          ))}
        </Group>
      ),
    },
  ];
  if (may("contacts:write")) {
    columns.unshift({
      id: "select",
      title: t("select", { name: "" }),
      hiddenTitle: true,
      width: 36,
      cell: (contact) => (
        <Checkbox
          size="xs"
          aria-label={t("select", { name: nameOf(contact) })}
          checked={chosen.includes(contact.id)}
          onChange={(event) => {
            const on = event.currentTarget.checked;
            setChosen((old) => (on ? [...old, contact.id] : old.filter((id) => id !== contact.id)));
          }}
        />
      ),
    });
  }
  return (
    <>
      {here.length > 0 && <Chosen ids={here} onDone={() => setChosen([])} />}
      <DataTable label={t("title")} columns={columns} rows={rows} keyOf={(contact) => String(contact.id)} />
    </>
  );
}

/** What can be done with several contacts at once. */
function Chosen({ ids, onDone }: { ids: number[]; onDone: () => void }) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const all = useQuery(groups(useAccount()));
  const members = useMembers();
  return (
    <Group mb="sm" gap="sm">
      <Text fz="sm" fw={600}>
        {t("selected", { count: ids.length, n: format.number(ids.length) })}
      </Text>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button variant="default" size="xs" loading={members.isPending}>
            {t("addToGroup")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {all.data?.items.map((group) => (
            <Menu.Item
              key={group.id}
              onClick={() =>
                whenDone(members.mutateAsync({ groupId: group.id, contacts: ids }), () => {
                  done(t("added", { group: group.name }));
                  onDone();
                })
              }
            >
              {group.name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
