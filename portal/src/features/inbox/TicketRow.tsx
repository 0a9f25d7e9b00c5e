import { IconClock, IconEye } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { PersonMark } from "../../ui/PersonMark";
import { Pill } from "../../ui/Pill";
import { useFormat } from "../../ui/useFormat";
import { isWebChat } from "./channel";
import type { Ticket } from "./data";
import { paceOf } from "./deadlines";
import classes from "./Inbox.module.css";
import { nameOf } from "./names";
import { useWords } from "./Onlookers";
import type { Onlooker } from "./presence";
import { StatusPill } from "./StatusPill";

const SOON_MS = 4 * 3_600_000;

interface Props {
  ticket: Ticket;
  top: number;
  now: number;
  queue: string | undefined;
  /** Of the ticket's label. */
  colour: string | undefined;
  /** Who else has it open. */
  others: Onlooker[];
}

/** Who, since when; what was said last; and where the ticket stands. */
export function TicketRow({ ticket, top, now, queue, colour, others }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const isUnread = ticket.unread > 0;
  const at = ticket.lastMessageAt ?? ticket.createdAt;
  return (
    <Link
      to="/inbox/$ticketId"
      params={{ ticketId: ticket.id }}
      search={(before) => before}
      className={classes.row}
      style={{ transform: `translateY(${top}px)` }}
      data-unread={isUnread || undefined}
    >
      {ticket.label && <span className={classes.ribbon} style={{ background: colour ?? "#888888" }} aria-hidden />}
      <PersonMark name={nameOf(ticket)} />
      <div style={{ minWidth: 0 }}>
        <div className={classes.rowTop}>
          <span className={classes.name}>{nameOf(ticket)}</span>
          <time className={classes.when} dateTime={at} title={format.dateTime(at)}>
            {format.age(at, now)}
          </time>
        </div>
        <div className={classes.rowMiddle}>
          <Words ticket={ticket} others={others} />
          {isUnread && (
            <span className={classes.unread}>
              {format.number(ticket.unread)}
              <span className="sr-only"> {t("inbox.unread")}</span>
            </span>
          )}
        </div>
        <div className={classes.rowBottom}>
          <span className={classes.queue}>{[ticket.label, queue].filter(Boolean).join(" · ")}</span>
          <Pace ticket={ticket} now={now} />
          {isWebChat(ticket) && <Pill>{t("ticket.webChat")}</Pill>}
          <Closing ticket={ticket} now={now} />
          {ticket.status !== "open" && <StatusPill status={ticket.status} />}
        </div>
      </div>
    </Link>
  );
}

/** What was said last, or who is just writing an answer. */
function Words({ ticket, others }: Pick<Props, "ticket" | "others">) {
  const { t } = useTranslation();
  const wordsOf = useWords();
  if (others.some((each) => each.state === "typing")) {
    return (
      <span className={classes.words} data-typing>
        {wordsOf(others)}
      </span>
    );
  }
  return (
    <>
      {others.length > 0 && (
        <span className={classes.eye} role="img" aria-label={wordsOf(others)} title={wordsOf(others)}>
          <IconEye size={15} stroke={1.7} aria-hidden />
        </span>
      )}
      <span className={classes.words}>
        {ticket.lastDirection === "out" && <span>{t("inbox.us")} </span>}
        <bdi>{ticket.preview || t("inbox.noWords")}</bdi>
      </span>
    </>
  );
}

/** A dot: whether the queue's targets are kept. */
function Pace({ ticket, now }: { ticket: Ticket; now: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const found = paceOf(ticket.deadlines, now);
  if (!found || ticket.status === "resolved" || ticket.status === "closed") return null;
  const by = format.dateTime(found.deadline.dueAt);
  return (
    <span
      className={classes.pace}
      data-pace={found.pace}
      role="img"
      aria-label={t(`ticket.pace.${found.pace}`, { by })}
      title={t(`ticket.pace.${found.pace}`, { by })}
    />
  );
}

/** How long one may still answer freely. */
function Closing({ ticket, now }: { ticket: Ticket; now: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!ticket.window.closesAt || ticket.status === "resolved" || ticket.status === "closed") return null;
  const left = new Date(ticket.window.closesAt).getTime() - now;
  if (left <= 0) return null;
  return (
    <span className={classes.closing} data-soon={left <= SOON_MS || undefined} title={t("ticket.window.title")}>
      <IconClock size={12} stroke={1.8} aria-hidden />
      <span className="sr-only">{t("ticket.window.title")}: </span>
      {format.span(left)}
    </span>
  );
}
