import { ActionIcon, Anchor, Tooltip } from "@mantine/core";
import { IconCornerUpLeft, IconLock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../ui/useFormat";
import { WhatsAppText } from "../../ui/WhatsAppText";
import classes from "./Inbox.module.css";
import { type Entry, type Message, ticksOf } from "./lines";
import { MessageBody } from "./MessageBody";
import { type Sending, useReply, useResend } from "./reply";
import { Ticks } from "./Ticks";

interface Props {
  ticketId: string;
  message: Message;
  joined: boolean;
  quoted: Message | undefined;
  onQuote: (() => void) | undefined;
}

export function Bubble({ ticketId, message, joined, quoted, onQuote }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const ticks = message.direction === "out" ? ticksOf(message.status) : undefined;
  return (
    <div className={classes.side} data-direction={message.direction} data-joined={joined || undefined}>
      <div className={classes.bubble} data-failed={ticks === "failed" || undefined} data-testid="message">
        {message.replyTo && (
          <div className={classes.quote} dir="auto">
            {quoted?.preview ?? t("thread.quoted")}
          </div>
        )}
        <MessageBody message={message} />
        <div className={classes.meta}>
          {onQuote && (
            <Tooltip label={t("thread.quote")}>
              <ActionIcon
                className={classes.quoteButton}
                size={18}
                onClick={onQuote}
                aria-label={t("thread.quote")}
                me="auto"
              >
                <IconCornerUpLeft size={13} />
              </ActionIcon>
            </Tooltip>
          )}
          <Origin message={message} />
          <time dateTime={message.at} title={format.dateTime(message.at)}>
            {format.clockTime(message.at)}
          </time>
          {ticks && <Ticks message={message} ticks={ticks} />}
        </div>
        {ticks === "failed" && <Failure ticketId={ticketId} message={message} />}
      </div>
    </div>
  );
}

/** Who wrote it for us: an agent, a campaign, a workflow. */
function Origin({ message }: { message: Message }) {
  const { t } = useTranslation();
  const { kind, name } = message.sender;
  if (message.direction === "in") return null;
  const what =
    kind === "campaign" || kind === "workflow" || kind === "api" || kind === "system" ? t(`thread.from.${kind}`) : "";
  return <span>{[what, kind === "system" ? "" : name].filter(Boolean).join(" · ")}</span>;
}

function Failure({ ticketId, message }: { ticketId: string; message: Message }) {
  const { t } = useTranslation();
  const reply = useReply(ticketId);
  const resend = useResend(ticketId);
  // What the server refused to take it does not know: that is sent once more from here.
  const isKept = message.position !== "";
  const send = () => (isKept ? resend.mutate(message.id) : reply.mutate(againOf(message)));
  return (
    <div role="alert" style={{ fontSize: 12.5, marginTop: 4, color: "var(--mantine-color-error)" }}>
      {message.failure?.text || t("thread.failed")}{" "}
      <Anchor component="button" fz="xs" fw={600} disabled={reply.isPending || resend.isPending} onClick={send}>
        {t("thread.resend")}
      </Anchor>
    </div>
  );
}

/** With the same id: should the server have it after all, it stays one message. */
function againOf({ id, type, content, preview, replyTo }: Message): Sending {
  return { id, message: { type, [type]: content } as Sending["message"], preview, ...(replyTo && { replyTo }) };
}

export function Note({ entry }: { entry: Entry }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className={classes.side} data-direction="out">
      <div className={classes.bubble} data-note data-testid="note">
        <div className={classes.noteHead}>
          <IconLock size={13} aria-hidden />
          {t("thread.note")}
        </div>
        <div className={classes.text} dir="auto">
          <WhatsAppText>{entry.note}</WhatsAppText>
        </div>
        <div className={classes.meta}>
          <span>{entry.actor.name}</span>
          <time dateTime={entry.at}>{format.clockTime(entry.at)}</time>
        </div>
      </div>
    </div>
  );
}
