import { ActionIcon, Anchor, Button, Group, Menu, Select, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowLeft, IconArrowMerge, IconDots, IconPencil, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "../../api/session";
import { Ask } from "../../ui/Ask";
import { ErrorState } from "../../ui/ErrorState";
import { PersonMark } from "../../ui/PersonMark";
import { done } from "../../ui/toasts";
import { useFormat } from "../../ui/useFormat";
import { useTitle } from "../../ui/useTitle";
import { CATEGORIES, Consent } from "./ContactConsent";
import { ContactForm } from "./ContactForm";
import { Attributes, Marks } from "./ContactMarks";
import classes from "./Contacts.module.css";
import {
  type Contact,
  contact as contactQuery,
  contacts,
  conversations,
  type History,
  history,
  nameOf,
  phoneOf,
  useAccount,
  useDeleteContact,
  useMerge,
} from "./data";
import { Panel } from "./Panel";

export function ContactPage() {
  const { t } = useTranslation("contacts");
  const { contactId } = useParams({ from: "/contacts/$contactId" });
  const found = useQuery(contactQuery(useAccount(), Number(contactId)));
  useTitle(found.data ? nameOf(found.data) : t("title"));
  return (
    <Stack px={{ base: "md", sm: "lg" }} py="lg" maw={1080} mx="auto" gap="md">
      <Anchor component={Link} to="/contacts" fz="sm" style={{ alignSelf: "flex-start" }}>
        <Group gap={4}>
          <IconArrowLeft size={15} aria-hidden /> {t("page.back")}
        </Group>
      </Anchor>
      {found.error && !found.data ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : found.data ? (
        <Whole contact={found.data} />
      ) : (
        <Skeleton h={320} />
      )}
    </Stack>
  );
}

function Whole({ contact }: { contact: Contact }) {
  return (
    <>
      <Head contact={contact} />
      <div className={classes.columns}>
        <Stack gap="md">
          <Marks contact={contact} />
          <Attributes contact={contact} />
          <Conversations contact={contact} />
        </Stack>
        <Stack gap="md">
          <Consent contact={contact} />
          <Past contact={contact} />
        </Stack>
      </div>
    </>
  );
}

function Head({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contacts");
  const may = useMay();
  const navigate = useNavigate();
  const format = useFormat();
  const remove = useDeleteContact();
  const [changing, change] = useDisclosure();
  const [merging, merge] = useDisclosure();
  const [deleting, ask] = useDisclosure();
  const name = nameOf(contact);
  return (
    <Group justify="space-between" gap="sm">
      <Group gap="md" wrap="nowrap">
        <PersonMark name={name} size={52} />
        <div>
          <Title order={1}>{name}</Title>
          <Text c="dimmed" className="tabular">
            <span dir="ltr">{phoneOf(contact)}</span>
            {contact.country && ` · ${format.country(contact.country)}`}
          </Text>
        </div>
      </Group>
      {may("contacts:write") && (
        <Group gap="xs">
          <Button variant="default" leftSection={<IconPencil size={16} />} onClick={change.open}>
            {t("page.change")}
          </Button>
          <Menu>
            <Menu.Target>
              <ActionIcon size="lg" aria-label={t("page.more", { name })}>
                <IconDots size={18} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconArrowMerge size={16} />} onClick={merge.open}>
                {t("page.merge")}
              </Menu.Item>
              {may("contacts:delete") && (
                <Menu.Item
                  color="red"
                  c="var(--mantine-color-error)"
                  leftSection={<IconTrash size={16} />}
                  onClick={ask.open}
                >
                  {t("page.delete")}
                </Menu.Item>
              )}
            </Menu.Dropdown>
          </Menu>
        </Group>
      )}
      {changing && <ContactForm contact={contact} onClose={change.close} />}
      {merging && <Merger contact={contact} onClose={merge.close} />}
      {deleting && (
        <Ask
          title={t("page.deleteTitle", { name })}
          text={t("page.deleteText")}
          yes={t("page.delete")}
          onClose={ask.close}
          onYes={async () => {
            await remove.mutateAsync(contact.id);
            done(t("page.deleted", { name }));
            navigate({ to: "/contacts" });
          }}
        />
      )}
    </Group>
  );
}

/** Finds the other record and makes the two one. */
function Merger({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const { t } = useTranslation("contacts");
  const [words, setWords] = useState("");
  const [other, setOther] = useState<string | null>(null);
  const found = useQuery({ ...contacts(useAccount(), { q: words }), enabled: words.length > 1 });
  const merge = useMerge(contact.id);
  const others = (found.data?.items ?? []).filter((each) => each.id !== contact.id);
  return (
    <Ask
      title={t("merger.title", { name: nameOf(contact) })}
      yes={t("merger.do")}
      onClose={onClose}
      onYes={async () => {
        if (!other) throw new Error(t("merger.find"));
        await merge.mutateAsync(Number(other));
        done(t("merger.done"));
      }}
      text={
        <Stack gap="sm">
          <Text c="dimmed" fz="sm">
            {t("merger.text")}
          </Text>
          <Select
            label={t("merger.find")}
            placeholder={t("search")}
            searchable
            searchValue={words}
            onSearchChange={setWords}
            value={other}
            onChange={setOther}
            filter={({ options }) => options}
            data={others.map((each) => ({ value: String(each.id), label: `${nameOf(each)} · ${phoneOf(each)}` }))}
            nothingFoundMessage={words.length > 1 ? t("nothingFits") : undefined}
          />
        </Stack>
      }
    />
  );
}

function Past({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const found = useQuery(history(useAccount(), contact.id));
  const line = (entry: History) => {
    if (entry.kind === "consent") {
      const category = CATEGORIES.find((each) => each === entry.category) ?? "all";
      return t(entry.allowed ? "page.saidYes" : "page.saidNo", { what: t(`page.categories.${category}`) });
    }
    if (entry.merged) return t("page.merged", { id: entry.merged });
    return entry.fields?.length ? t("page.changed", { fields: entry.fields.join(", ") }) : t("page.made");
  };
  return (
    <Panel title={t("page.history")}>
      {found.error && <ErrorState error={found.error} retry={() => found.refetch()} />}
      {found.data?.length === 0 && (
        <Text c="dimmed" fz="sm">
          {t("page.noHistory")}
        </Text>
      )}
      <ol className={classes.past}>
        {found.data?.map((entry) => (
          <li key={`${entry.at} ${entry.kind} ${entry.category}`}>
            <Text fz="sm">{line(entry)}</Text>
            {entry.text && (
              <Text fz="sm" fs="italic" dir="auto">
                “{entry.text}”
              </Text>
            )}
            <Text fz="xs" c="dimmed">
              {[format.dateTime(entry.at), entry.source].filter(Boolean).join(" · ")}
            </Text>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function Conversations({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contacts");
  const may = useMay();
  const format = useFormat();
  const phone = contact.addresses.msisdn ?? "";
  const found = useQuery({ ...conversations(phone), enabled: may("tickets:read") && Boolean(phone) });
  if (!may("tickets:read")) return null;
  return (
    <Panel title={t("page.conversations")}>
      {found.error && <ErrorState error={found.error} retry={() => found.refetch()} />}
      {(found.data?.items.length === 0 || !phone) && (
        <Text c="dimmed" fz="sm">
          {t("page.noConversations")}
        </Text>
      )}
      <Stack gap={0}>
        {found.data?.items.map(({ ticket }) => (
          <Link
            key={ticket.id}
            to="/inbox/$ticketId"
            params={{ ticketId: ticket.id } as never}
            search={{ view: "all" } as never}
            className={classes.ticket}
          >
            <Text fz="sm" truncate>
              {ticket.preview || ticket.id}
            </Text>
            <Text fz="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>
              {format.dateTime(ticket.createdAt)}
            </Text>
          </Link>
        ))}
      </Stack>
    </Panel>
  );
}
