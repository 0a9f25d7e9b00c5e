import { Drawer, Skeleton } from "@mantine/core";
import { useDocumentVisibility } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay, useMe } from "../../api/session";
import { ErrorState } from "../../ui/ErrorState";
import { useShortcuts } from "../../ui/shortcuts";
import { useTitle } from "../../ui/useTitle";
import { useActs, useSeen } from "./acts";
import { Composer } from "./Composer";
import { ContactPanel } from "./ContactPanel";
import { type Ticket, ticket as ticketQuery } from "./data";
import { EndingDialog } from "./EndingDialog";
import { HandOverDialog } from "./HandOverDialog";
import classes from "./Inbox.module.css";
import type { Message } from "./lines";
import { nameOf } from "./names";
import { Onlookers } from "./Onlookers";
import { useShowing, useTyping } from "./presence";
import { SnoozeDialog } from "./SnoozeDialog";
import { Thread } from "./Thread";
import { TicketHead } from "./TicketHead";

export function TicketPage() {
  const { ticketId } = useParams({ from: "/inbox/$ticketId" });
  const found = useQuery(ticketQuery(ticketId));
  if (found.error && !found.data) {
    return (
      <div>
        <ErrorState error={found.error} retry={() => found.refetch()} />
        <BackToList />
      </div>
    );
  }
  if (!found.data) return <Waiting />;
  // The key: what belongs to one ticket (a quote, an open dialog) never shows on another.
  return <OpenTicket key={ticketId} ticket={found.data} />;
}

function OpenTicket({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const me = useMe();
  const may = useMay();
  const acts = useActs(ticket.id);
  const [ending, setEnding] = useState(false);
  const [handing, setHanding] = useState(false);
  const [snoozing, setSnoozing] = useState(false);
  const [panel, setPanel] = useState(false);
  const [quoted, setQuoted] = useState<Message>();
  useTitle(nameOf(ticket));
  const isDone = ticket.status === "resolved" || ticket.status === "closed";
  const isWaiting = !ticket.agentId && !isDone;
  const mayTake = isWaiting && me.role !== "administrator" && may("tickets:write");
  const mayWork = may("tickets:write") && (ticket.agentId === me.id || may("tickets:write-all"));
  const [isTyping, setTyping] = useTyping();
  useShowing(ticket.id, isTyping);
  useMarkRead(ticket, mayWork);
  useShortcuts([
    ...(mayWork && !isDone ? [{ key: "e", label: t("inbox.keys.resolve"), run: () => setEnding(true) }] : []),
    ...(mayWork && !isDone ? [{ key: "t", label: t("inbox.keys.handOver"), run: () => setHanding(true) }] : []),
    ...(mayWork && !isDone && ticket.agentId
      ? [{ key: "z", label: t("inbox.keys.snooze"), run: () => setSnoozing(true) }]
      : []),
    ...(mayTake ? [{ key: "a", label: t("inbox.keys.take"), run: () => acts.claim.mutate() }] : []),
  ]);
  return (
    <div className={classes.ticket}>
      <section className={classes.conversation} aria-label={t("ticket.conversationWith", { name: nameOf(ticket) })}>
        <TicketHead
          ticket={ticket}
          acts={acts}
          mayTake={mayTake}
          mayWork={mayWork}
          onResolve={() => setEnding(true)}
          onHandOver={() => setHanding(true)}
          onSnooze={() => setSnoozing(true)}
          onCustomer={() => setPanel(true)}
        />
        <Thread ticket={ticket} onQuote={mayWork && !isDone ? setQuoted : undefined} />
        <Onlookers ticketId={ticket.id} />
        <Composer
          ticket={ticket}
          onTyping={setTyping}
          mayWork={mayWork}
          mayTake={mayTake}
          onTake={() => acts.claim.mutate()}
          quoted={quoted}
          onUnquote={() => setQuoted(undefined)}
        />
      </section>
      <aside className={classes.panel} aria-label={t("ticket.customer")}>
        <ContactPanel ticket={ticket} acts={acts} mayWork={mayWork} />
      </aside>
      <Drawer
        opened={panel}
        onClose={() => setPanel(false)}
        position="right"
        size={300}
        title={t("ticket.customer")}
        closeButtonProps={{ "aria-label": t("action.close") }}
      >
        <ContactPanel ticket={ticket} acts={acts} mayWork={mayWork} />
      </Drawer>
      {snoozing && <SnoozeDialog acts={acts} onClose={() => setSnoozing(false)} />}
      {handing && <HandOverDialog ticket={ticket} acts={acts} onClose={() => setHanding(false)} />}
      {ending && <EndingDialog ticket={ticket} acts={acts} onClose={() => setEnding(false)} />}
    </div>
  );
}

/** Who may answer and looks at the ticket has read it. */
function useMarkRead(ticket: Ticket, mayWork: boolean): void {
  const { mutate: seen } = useSeen(ticket.id);
  const isVisible = useDocumentVisibility() === "visible";
  const isUnread = ticket.unread > 0 && mayWork && isVisible;
  useEffect(() => {
    if (isUnread) seen();
  }, [isUnread, seen]);
}

function BackToList() {
  const { t } = useTranslation();
  return (
    <div style={{ textAlign: "center" }}>
      <Link to="/inbox" search={(before) => before}>
        {t("inbox.back")}
      </Link>
    </div>
  );
}

function Waiting() {
  return (
    <div className={classes.conversation}>
      <div className={classes.head}>
        <Skeleton circle h={34} w={34} />
        <Skeleton h={14} w={160} />
      </div>
      <div className={classes.thread} style={{ padding: 24 }}>
        <Skeleton h={58} w="46%" radius={10} />
        <Skeleton h={76} w="52%" radius={10} mt={16} ms="auto" />
        <Skeleton h={44} w="34%" radius={10} mt={16} />
      </div>
    </div>
  );
}
