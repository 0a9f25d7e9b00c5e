import { ActionIcon, Button, CloseButton, FileButton, Kbd, Text, Tooltip } from "@mantine/core";
import { type Icon, IconListCheck, IconLock, IconPaperclip, IconSend, IconTemplate } from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useShortcuts } from "../../ui/shortcuts";
import { useAttachment } from "../../ui/useAttachment";
import { useNow } from "../../ui/useNow";
import { whenDone } from "../../ui/whenDone";
import { AttachmentChip } from "./AttachmentChip";
import { useNote } from "./acts";
import { useCollision } from "./Collision";
import { isOpenAt, isWebChat } from "./channel";
import type { OutMessage, Ticket } from "./data";
import { keepDraft, readDraft } from "./drafts";
import { EmojiButton } from "./EmojiButton";
import classes from "./Inbox.module.css";
import type { Message } from "./lines";
import { type Sending, useReply } from "./reply";
import { TemplateReply } from "./TemplateReply";
import { messageWith } from "./uploads";
import { WriteField } from "./WriteField";

const ChoicesDialog = lazy(() => import("./ChoicesDialog").then((each) => ({ default: each.ChoicesDialog })));

type Mode = "reply" | "note";

interface Props {
  ticket: Ticket;
  mayWork: boolean;
  mayTake: boolean;
  onTake: () => void;
  onTyping: (isOn: boolean) => void;
  quoted: Message | undefined;
  onUnquote: () => void;
}

/** Where one answers. A closed window leaves templates as the only answer, so the composer then is the template picker. */
export function Composer({ ticket, mayWork, mayTake, onTake, onTyping, quoted, onUnquote }: Props) {
  const { t } = useTranslation();
  const now = useNow(1000);
  const [mode, setMode] = useState<Mode>("reply");
  const [draft, setDraft] = useState(() => readDraft(ticket.id));
  const [choosing, setChoosing] = useState(false);
  const [asking, setAsking] = useState(false);
  const { attachment, take, put, drop } = useAttachment();
  const reply = useReply(ticket.id);
  const note = useNote(ticket.id);
  const [guard, collision] = useCollision(ticket.id, draft.reply !== "");
  const field = useRef<HTMLTextAreaElement>(null);
  const isOpen = isOpenAt(ticket, now);
  const isTextOnly = isWebChat(ticket);
  useEffect(() => keepDraft(ticket.id, draft), [ticket.id, draft]);
  useEffect(() => {
    if (quoted) field.current?.focus();
  }, [quoted]);
  const write = (next: Mode) => {
    setMode(next);
    setTimeout(() => field.current?.focus());
  };
  useShortcuts([
    { key: "r", label: t("inbox.keys.reply"), run: () => write("reply") },
    { key: "n", label: t("inbox.keys.note"), run: () => write("note") },
  ]);

  const isDone = ticket.status === "closed";
  if (isDone) return <Closed text={t("composer.closed")} />;
  if (!mayWork) {
    return (
      <Closed text={t(mayTake ? "composer.takeFirst" : "composer.notYours")}>
        {mayTake && (
          <Button onClick={onTake} ms="sm">
            {t("ticket.take")}
          </Button>
        )}
      </Closed>
    );
  }

  const text = draft[mode].trim();
  // A file that is still on its way, or was refused, holds the message back.
  const isReady = attachment ? attachment.media !== undefined : text !== "";
  const deliver = (sending: Sending) => {
    reply.mutate(sending);
    setChoosing(false);
    onUnquote();
    onTyping(false);
  };
  const send = () => {
    if (mode === "note") {
      if (text) whenDone(note.mutateAsync(text), () => setDraft((before) => ({ ...before, note: "" })));
      return;
    }
    if (isOpen && isReady) guard(answer);
  };
  const answer = () => {
    const file = attachment?.media && messageWith(attachment.media, text);
    if (file) deliver(sendingOf(file.message, text || attachment.name, quoted));
    const words = file ? file.rest : text;
    if (words)
      deliver(sendingOf({ type: "text", text: { body: words } } as OutMessage, words, file ? undefined : quoted));
    drop();
    setDraft((before) => ({ ...before, reply: "" }));
  };
  const ask = (sending: Sending) =>
    guard(() => {
      deliver(sending);
      setDraft((before) => ({ ...before, reply: "" }));
    });
  const isPicking = mode === "reply" && (choosing || !isOpen);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files may also be chosen by the button
    <div
      className={classes.composer}
      data-mode={mode}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        const file = event.dataTransfer.files[0];
        if (file && isOpen && !isTextOnly) take(file);
      }}
    >
      <div className={classes.modes} role="tablist" aria-label={t("composer.kind")}>
        {(["reply", "note"] as const).map((each) => (
          <button
            key={each}
            type="button"
            role="tab"
            aria-selected={mode === each}
            className={`mantine-active ${classes.mode}`}
            style={{ border: 0, cursor: "pointer", ...(mode !== each && { background: "none" }) }}
            onClick={() => write(each)}
          >
            {each === "note" && <IconLock size={13} aria-hidden style={{ verticalAlign: -2, marginInlineEnd: 4 }} />}
            {t(`composer.${each}`)}
          </button>
        ))}
      </div>
      {quoted && mode === "reply" && (
        <div className={classes.quote} style={{ margin: "6px 12px 0", display: "flex" }}>
          <span dir="auto" style={{ flex: 1 }}>
            {quoted.preview}
          </span>
          <CloseButton size="xs" onClick={onUnquote} aria-label={t("composer.unquote")} />
        </div>
      )}
      {isPicking ? (
        <TemplateReply
          ticket={ticket}
          reason={isOpen ? undefined : t("composer.windowClosed")}
          onSend={(sending) => guard(() => deliver(sending))}
          onCancel={isOpen ? () => setChoosing(false) : undefined}
        />
      ) : (
        <>
          {attachment && mode === "reply" && <AttachmentChip attachment={attachment} onRemove={drop} />}
          <WriteField
            field={field}
            ticketId={ticket.id}
            queueId={ticket.queueId}
            hasCanned={mode === "reply"}
            label={t(`composer.${mode}`)}
            placeholder={t(`composer.${mode}Text`)}
            value={draft[mode]}
            onChange={(value) => {
              setDraft((before) => ({ ...before, [mode]: value }));
              if (mode === "reply") onTyping(value !== "");
            }}
            onSend={send}
            onFile={(file) => !isTextOnly && take(file)}
            onMedia={(media) => !isTextOnly && put(media)}
          />
          <div className={classes.tools}>
            {mode === "reply" && !isTextOnly && (
              <>
                <FileButton onChange={(file) => file && take(file)} key={attachment?.name}>
                  {(props) => <Tool {...props} icon={IconPaperclip} label={t("composer.file")} />}
                </FileButton>
                <Tool icon={IconTemplate} label={t("composer.template")} onClick={() => setChoosing(true)} />
                <Tool icon={IconListCheck} label={t("choices.title")} onClick={() => setAsking(true)} />
              </>
            )}
            <EmojiButton onChoose={(emoji) => setDraft((before) => ({ ...before, [mode]: before[mode] + emoji }))} />
            <span style={{ flex: 1 }} />
            <Kbd size="xs" me={6} visibleFrom="sm">
              Ctrl ↵
            </Kbd>
            <Button
              rightSection={<IconSend size={15} />}
              onClick={send}
              disabled={mode === "note" ? !text : !isReady}
              loading={mode === "note" && note.isPending}
            >
              {t(mode === "note" ? "composer.addNote" : "composer.send")}
            </Button>
          </div>
        </>
      )}
      {collision}
      <Suspense>
        {asking && <ChoicesDialog text={draft.reply} onSend={ask} onClose={() => setAsking(false)} />}
      </Suspense>
    </div>
  );
}

function sendingOf(message: OutMessage, preview: string, quoted: Message | undefined): Sending {
  return { id: crypto.randomUUID(), message, preview, ...(quoted?.wamid && { replyTo: quoted.wamid }) };
}

interface ToolProps {
  icon: Icon;
  label: string;
  onClick: () => void;
}

function Tool({ icon: Sign, label, onClick }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon size={32} onClick={onClick} aria-label={label}>
        <Sign size={18} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  );
}

function Closed({ text, children }: { text: string; children?: React.ReactNode }) {
  return (
    <div className={classes.composer} style={{ padding: "12px 16px", display: "flex", alignItems: "center" }}>
      <Text c="dimmed" style={{ flex: 1 }}>
        {text}
      </Text>
      {children}
    </div>
  );
}
