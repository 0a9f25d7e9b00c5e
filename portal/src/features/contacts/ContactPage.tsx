import {
  ActionIcon,
  Anchor,
  Button,
  Group,
  Menu,
  Modal,
  MultiSelect,
  Select,
  Skeleton,
  Stack,
  TagsInput,
  Text,
  Textarea,
  TextInput,
  Title,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowLeft, IconArrowMerge, IconDots, IconPencil, IconTrash, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "../../api/session";
import { Ask } from "../../ui/Ask";
import { ErrorState } from "../../ui/ErrorState";
import { PersonMark } from "../../ui/PersonMark";
import { Pill } from "../../ui/Pill";
import { done, failed } from "../../ui/toasts";
import { useFormat } from "../../ui/useFormat";
import { useTitle } from "../../ui/useTitle";
import { ContactForm } from "./ContactForm";
import classes from "./Contacts.module.css";
import {
  type Contact,
  contact as contactQuery,
  contacts,
  conversations,
  groups,
  type History,
  history,
  nameOf,
  phoneOf,
  useAccount,
  useConsent,
  useDeleteContact,
  useMembers,
  useMerge,
  usePatchContact,
} from "./data";

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
                <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={ask.open}>
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

function Panel({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.panel} aria-label={title}>
      <Title order={2} fz={14} mb="xs">
        {title}
      </Title>
      {children}
    </section>
  );
}

/** Tags and groups: what one sorts by. */
function Marks({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contacts");
  const may = useMay();
  const all = useQuery(groups(useAccount()));
  const patch = usePatchContact(contact);
  const members = useMembers();
  const mayWrite = may("contacts:write");
  const setGroups = (wanted: string[]) => {
    const now = contact.groups.map((each) => String(each.id));
    const joined = wanted.find((id) => !now.includes(id));
    const left = now.find((id) => !wanted.includes(id));
    const id = joined ?? left;
    const group = all.data?.items.find((each) => String(each.id) === id);
    if (!group) return;
    members.mutate(
      { groupId: group.id, contacts: [contact.id], out: !joined },
      { onSuccess: () => done(t(joined ? "page.joined" : "page.left", { group: group.name })), onError: failed },
    );
  };
  return (
    <Panel title={t("page.details")}>
      <Stack gap="sm">
        <TagsInput
          label={t("tags")}
          placeholder={t("page.addTag")}
          readOnly={!mayWrite}
          value={contact.tags}
          onChange={(tags) => patch.mutate([{ op: "replace", path: "/tags", value: tags }], { onError: failed })}
        />
        <MultiSelect
          label={t("groupsOf")}
          placeholder={t("page.addGroup")}
          searchable
          readOnly={!mayWrite}
          value={contact.groups.map((each) => String(each.id))}
          data={(all.data?.items ?? contact.groups).map((each) => ({ value: String(each.id), label: each.name }))}
          onChange={setGroups}
        />
      </Stack>
    </Panel>
  );
}

function Attributes({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contacts");
  const may = useMay();
  const patch = usePatchContact(contact);
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const entries = Object.entries(contact.customAttributes);
  const path = (key: string) => `/customAttributes/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  return (
    <Panel title={t("page.attributes")}>
      {entries.length === 0 && (
        <Text c="dimmed" fz="sm">
          {t("page.noAttributes")}
        </Text>
      )}
      <dl className={classes.facts}>
        {entries.map(([key, held]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd dir="auto">
              {typeof held === "string" ? held : JSON.stringify(held)}
              {may("contacts:write") && (
                <ActionIcon
                  size="xs"
                  ms={6}
                  aria-label={t("page.removeAttribute", { name: key })}
                  onClick={() => patch.mutate([{ op: "remove", path: path(key) }], { onError: failed })}
                >
                  <IconX size={13} />
                </ActionIcon>
              )}
            </dd>
          </div>
        ))}
      </dl>
      {may("contacts:write") && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            patch.mutate([{ op: "add", path: path(name.trim()), value }], {
              onSuccess: () => {
                setName("");
                setValue("");
              },
              onError: failed,
            });
          }}
        >
          <Group gap="xs" mt="sm" align="flex-end">
            <TextInput
              size="xs"
              label={t("page.attribute")}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              style={{ flex: 1 }}
            />
            <TextInput
              size="xs"
              label={t("page.value")}
              value={value}
              onChange={(event) => setValue(event.currentTarget.value)}
              style={{ flex: 1 }}
            />
            <Button
              type="submit"
              size="xs"
              variant="default"
              h={30}
              disabled={!name.trim() || !value.trim()}
              loading={patch.isPending}
            >
              {t("page.addAttribute")}
            </Button>
          </Group>
        </form>
      )}
    </Panel>
  );
}

const CATEGORIES = ["marketing", "all"] as const;

/** What they agreed to; a decision is recorded with what was said. */
function Consent({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contacts");
  const may = useMay();
  const [deciding, decide] = useState<(typeof CATEGORIES)[number]>();
  const isOut = (category: string) =>
    contact.optedOut.some((each) => each === category || each.startsWith(`${category}#`));
  return (
    <Panel title={t("page.consent")}>
      <Stack gap="sm">
        {CATEGORIES.map((category) => (
          <Group key={category} justify="space-between" gap="xs">
            <Group gap="xs">
              <Text fz="sm">{t(`page.${category}`)}</Text>
              <Pill tone={isOut(category) ? "warn" : "good"}>{t(isOut(category) ? "page.no" : "page.yes")}</Pill>
            </Group>
            {may("contacts:write") && (
              <Button size="compact-sm" variant="default" onClick={() => decide(category)}>
                {t(decisionLabel(category, isOut(category)))}
              </Button>
            )}
          </Group>
        ))}
      </Stack>
      {deciding && (
        <Decision contact={contact} category={deciding} allowed={isOut(deciding)} onClose={() => decide(undefined)} />
      )}
    </Panel>
  );
}

function decisionLabel(category: "marketing" | "all", isOut: boolean) {
  if (category === "all") return isOut ? "page.optInAll" : "page.optOutAll";
  return isOut ? "page.optIn" : "page.optOut";
}

interface DecisionProps {
  contact: Contact;
  category: "marketing" | "all";
  allowed: boolean;
  onClose: () => void;
}

function Decision({ contact, category, allowed, onClose }: DecisionProps) {
  const { t } = useTranslation("contacts");
  const consent = useConsent(contact.id);
  const [text, setText] = useState("");
  const label = t(decisionLabel(category, allowed));
  return (
    <Modal opened onClose={onClose} title={label} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Textarea
        label={t("page.said")}
        description={t("page.saidText")}
        autosize
        minRows={2}
        maxLength={1000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Group justify="flex-end" mt="md">
        <Button
          loading={consent.isPending}
          onClick={() =>
            consent.mutate(
              { category, allowed, text },
              {
                onSuccess: () => {
                  done(t("page.recorded"));
                  onClose();
                },
                onError: failed,
              },
            )
          }
        >
          {label}
        </Button>
      </Group>
    </Modal>
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
