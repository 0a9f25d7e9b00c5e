import { ActionIcon, Button, CloseButton, Kbd, Text, Textarea, Tooltip } from "@mantine/core";
import { IconLock, IconSend, IconTemplate } from "@tabler/icons-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useShortcuts } from "../../ui/shortcuts";
import { useNow } from "../../ui/useNow";
import { useNote } from "./acts";
import type { Ticket } from "./data";
import { keepDraft, readDraft } from "./drafts";
import classes from "./Inbox.module.css";
import { type Sending, useReply } from "./reply";
import { TemplateReply } from "./TemplateReply";
import type { Message } from "./thread";

type Mode = "reply" | "note";

interface Props {
  ticket: Ticket;
  mayWork: boolean;
  mayTake: boolean;
  onTake: () => void;
  quoted: Message | undefined;
  onUnquote: () => void;
}

/** Where one answers. A closed window leaves templates as the only answer, so the composer then is the template picker. */
export function Composer({ ticket, mayWork, mayTake, onTake, quoted, onUnquote }: Props) {
  const { t } = useTranslation();
  const now = useNow(1000);
  const [mode, setMode] = useState<Mode>("reply");
  const [draft, setDraft] = useState(() => readDraft(ticket.id));
  const [choosing, setChoosing] = useState(false);
  const reply = useReply(ticket.id);
  const note = useNote(ticket.id);
  const field = useRef<HTMLTextAreaElement>(null);
  const isOpen = ticket.window.closesAt !== null && new Date(ticket.window.closesAt).getTime() > now;
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
  const deliver = (sending: Sending) => {
    reply.mutate(sending);
    setChoosing(false);
    onUnquote();
  };
  const send = () => {
    if (!text) return;
    if (mode === "note") {
      note.mutate(text, { onSuccess: () => setDraft((before) => ({ ...before, note: "" })) });
      return;
    }
    if (!isOpen) return;
    const message = { type: "text", text: { body: text } } as Sending["message"];
    deliver({ id: crypto.randomUUID(), message, preview: text, ...(quoted?.wamid && { replyTo: quoted.wamid }) });
    setDraft((before) => ({ ...before, reply: "" }));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send();
    }
  };
  const isPicking = mode === "reply" && (choosing || !isOpen);
  return (
    <div className={classes.composer} data-mode={mode}>
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
          onSend={deliver}
          onCancel={isOpen ? () => setChoosing(false) : undefined}
        />
      ) : (
        <>
          <Textarea
            ref={field}
            variant="unstyled"
            autosize
            minRows={2}
            maxRows={10}
            px={12}
            dir="auto"
            maxLength={4000}
            placeholder={t(`composer.${mode}Text`)}
            aria-label={t(`composer.${mode}`)}
            value={draft[mode]}
            onChange={(event) => {
              const value = event.currentTarget.value;
              setDraft((before) => ({ ...before, [mode]: value }));
            }}
            onKeyDown={onKeyDown}
          />
          <div className={classes.tools}>
            {mode === "reply" && (
              <Tooltip label={t("composer.template")}>
                <ActionIcon size={32} onClick={() => setChoosing(true)} aria-label={t("composer.template")}>
                  <IconTemplate size={18} stroke={1.6} />
                </ActionIcon>
              </Tooltip>
            )}
            <span style={{ flex: 1 }} />
            <Kbd size="xs" me={6} visibleFrom="sm">
              Ctrl ↵
            </Kbd>
            <Button
              rightSection={<IconSend size={15} />}
              onClick={send}
              disabled={!text}
              loading={mode === "note" && note.isPending}
            >
              {t(mode === "note" ? "composer.addNote" : "composer.send")}
            </Button>
          </div>
        </>
      )}
    </div>
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
