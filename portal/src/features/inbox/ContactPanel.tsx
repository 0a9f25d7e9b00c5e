import { Anchor, Button, Group, Select, TagsInput, Text, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { agents, deskSettings, queues } from "../../api/desk";
import { useMay, useMe } from "../../api/session";
import { PersonMark } from "../../ui/PersonMark";
import { Pill } from "../../ui/Pill";
import { useFormat } from "../../ui/useFormat";
import { whenDone } from "../../ui/whenDone";
import type { Acts } from "./acts";
import { contact, customerNotes, earlierTickets, useCustomerNote } from "./customer";
import type { Ticket } from "./data";
import classes from "./Inbox.module.css";
import { nameOf } from "./names";
import { StatusPill } from "./StatusPill";

const PRIORITIES = ["urgent", "high", "normal", "low"] as const;

/** Who the customer is, what was before, and how the ticket is marked. */
export function ContactPanel({ ticket, acts, mayWork }: { ticket: Ticket; acts: Acts; mayWork: boolean }) {
  const { t } = useTranslation();
  const may = useMay();
  const people = useQuery(agents).data?.items ?? [];
  return (
    <>
      <div style={{ display: "grid", justifyItems: "center", gap: 6, textAlign: "center" }}>
        <PersonMark name={nameOf(ticket)} size={56} />
        <Text fw={600} fz="md">
          {may("contacts:read") ? (
            <Anchor
              component={Link}
              to="/contacts/$contactId"
              params={{ contactId: String(Number(ticket.contact.id)) } as never}
              inherit
            >
              {nameOf(ticket)}
            </Anchor>
          ) : (
            nameOf(ticket)
          )}
        </Text>
        <Consent ticket={ticket} />
      </div>
      <Select
        mt="md"
        label={t("ticket.assignedTo")}
        size="xs"
        mb="sm"
        searchable
        placeholder={t("ticket.nobody")}
        value={ticket.agentId || null}
        onChange={(agentId) => agentId && acts.assign.mutate({ agentId, note: "" })}
        data={people.map((each) => ({ value: each.id, label: each.name }))}
        allowDeselect={false}
        disabled={!mayWork}
      />
      <Select
        label={t("ticket.priority.label")}
        size="xs"
        value={ticket.priority}
        onChange={(value) => value && acts.mark.mutate({ priority: value as Ticket["priority"] })}
        data={PRIORITIES.map((value) => ({ value, label: t(`ticket.priority.${value}`) }))}
        allowDeselect={false}
        disabled={!mayWork}
      />
      <Label ticket={ticket} acts={acts} mayWork={mayWork} />
      <TagsInput
        mt="sm"
        size="xs"
        label={t("ticket.tags")}
        placeholder={ticket.tags.length === 0 ? t("ticket.addTag") : ""}
        value={ticket.tags}
        onChange={(tags) => acts.mark.mutate({ tags: tags.map((each) => each.trim().replace(/[^\w/-]+/g, "-")) })}
        maxTags={30}
        disabled={!mayWork}
      />
      <hr className={classes.rule} />
      <Facts ticket={ticket} />
      <hr className={classes.rule} />
      <Notes ticket={ticket} />
      <Earlier ticket={ticket} />
    </>
  );
}

/** The ticket's ribbon; nothing where nobody has set up labels. */
function Label({ ticket, acts, mayWork }: { ticket: Ticket; acts: Acts; mayWork: boolean }) {
  const { t } = useTranslation();
  const names = (useQuery(deskSettings).data?.labels ?? []).map((each) => each.name);
  if (names.length === 0 && !ticket.label) return null;
  return (
    <Select
      mt="sm"
      size="xs"
      label={t("ticket.label")}
      allowDeselect={false}
      value={ticket.label}
      onChange={(label) => acts.mark.mutate({ label: label ?? "" })}
      data={[
        { value: "", label: t("ticket.noLabel") },
        ...[...new Set([...names, ticket.label])].filter(Boolean).map((each) => ({ value: each, label: each })),
      ]}
      disabled={!mayWork}
    />
  );
}

function Consent({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const may = useMay();
  const found = useQuery({ ...contact(useMe().accountId, ticket.contact.id), enabled: may("contacts:read") });
  if (!found.data) return null;
  const { optedOut } = found.data;
  return (
    <Pill tone={optedOut.length > 0 ? "warn" : "good"}>
      {optedOut.length > 0 ? t("contact.optedOut", { of: optedOut.join(", ") }) : t("contact.mayWrite")}
    </Pill>
  );
}

function Facts({ ticket }: { ticket: Ticket }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const queue = useQuery(queues).data?.items.find((each) => each.id === ticket.queueId);
  const { phone, country } = ticket.contact;
  const facts = [
    [t("contact.country"), country && new Intl.DisplayNames([i18n.language], { type: "region" }).of(country)],
    [t("ticket.queue"), queue?.name],
    [t("ticket.since"), format.dateTime(ticket.createdAt)],
    [t("ticket.disposition"), ticket.disposition],
    [t("ticket.summary"), ticket.summary],
  ] as const;
  return (
    <dl className={classes.facts}>
      {phone && (
        <div>
          <dt>{t("contact.phone")}</dt>
          <dd className="tabular" dir="ltr" style={{ textAlign: "start" }}>
            {phone}
          </dd>
        </div>
      )}
      {facts.map(
        ([name, value]) =>
          value && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

/** What the team knows about the customer; it outlives the ticket. */
function Notes({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const found = useQuery({ ...customerNotes(ticket.contact.id), enabled: may("contacts:read") });
  const add = useCustomerNote(ticket.contact.id);
  const [text, setText] = useState("");
  return (
    <section aria-label={t("contact.notes")}>
      <h2 className={classes.heading}>{t("contact.notes")}</h2>
      {found.data?.items.map((note) => (
        <div key={note.id} className={classes.customerNote}>
          <div dir="auto" style={{ whiteSpace: "pre-wrap" }}>
            {note.text}
          </div>
          <Text c="dimmed" fz="xs">
            {note.authorName} · {format.dateTime(note.at)}
          </Text>
        </div>
      ))}
      {may("contacts:write") && (
        <>
          <Textarea
            size="xs"
            autosize
            minRows={1}
            maxLength={4000}
            aria-label={t("contact.addNote")}
            placeholder={t("contact.addNote")}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {text.trim() && (
            <Group justify="flex-end" mt={6}>
              <Button
                size="compact-sm"
                loading={add.isPending}
                onClick={() => whenDone(add.mutateAsync(text.trim()), () => setText(""))}
              >
                {t("contact.keepNote")}
              </Button>
            </Group>
          )}
        </>
      )}
    </section>
  );
}

function Earlier({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const format = useFormat();
  const found = useQuery(earlierTickets(ticket.id));
  const items = found.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section aria-label={t("contact.earlier")}>
      <h2 className={classes.heading}>{t("contact.earlier")}</h2>
      <ol className={classes.earlier}>
        {items.map((each) => (
          <li key={each.id}>
            <Link to="/inbox/$ticketId" params={{ ticketId: each.id }} search={(before) => before}>
              {each.summary || each.preview || format.dateTime(each.createdAt)}
            </Link>
            <Group gap={6}>
              <StatusPill status={each.status} />
              <Text c="dimmed" fz="xs">
                {format.dateTime(each.createdAt)}
              </Text>
            </Group>
          </li>
        ))}
      </ol>
    </section>
  );
}
