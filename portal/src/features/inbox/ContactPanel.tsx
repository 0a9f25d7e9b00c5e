import { Select, TagsInput, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { agents, queues } from "../../api/desk";
import { PersonMark } from "../../ui/PersonMark";
import { useFormat } from "../../ui/useFormat";
import type { Acts } from "./acts";
import type { Ticket } from "./data";
import classes from "./Inbox.module.css";
import { nameOf } from "./names";

const PRIORITIES = ["urgent", "high", "normal", "low"] as const;

/** Who the customer is, and how the ticket is marked. */
export function ContactPanel({ ticket, acts, mayWork }: { ticket: Ticket; acts: Acts; mayWork: boolean }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const people = useQuery(agents).data?.items ?? [];
  const queue = useQuery(queues).data?.items.find((each) => each.id === ticket.queueId);
  const country = ticket.contact.country;
  return (
    <aside className={classes.panel} aria-label={t("ticket.customer")}>
      <div style={{ display: "grid", justifyItems: "center", gap: 6, textAlign: "center" }}>
        <PersonMark name={nameOf(ticket)} size={56} />
        <Text fw={600} fz="md">
          {nameOf(ticket)}
        </Text>
      </div>
      <dl className={classes.facts}>
        {ticket.contact.phone && (
          <div>
            <dt>{t("contact.phone")}</dt>
            <dd className="tabular" dir="ltr" style={{ textAlign: "start" }}>
              {ticket.contact.phone}
            </dd>
          </div>
        )}
        {country && (
          <div>
            <dt>{t("contact.country")}</dt>
            <dd>{new Intl.DisplayNames([i18n.language], { type: "region" }).of(country)}</dd>
          </div>
        )}
        {queue && (
          <div>
            <dt>{t("ticket.queue")}</dt>
            <dd>{queue.name}</dd>
          </div>
        )}
        <div>
          <dt>{t("ticket.since")}</dt>
          <dd>{format.dateTime(ticket.createdAt)}</dd>
        </div>
        {ticket.disposition && (
          <div>
            <dt>{t("ticket.disposition")}</dt>
            <dd>{ticket.disposition}</dd>
          </div>
        )}
      </dl>
      <hr style={{ border: 0, borderTop: "1px solid var(--parley-line)", margin: "16px 0" }} />
      <Select
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
    </aside>
  );
}
