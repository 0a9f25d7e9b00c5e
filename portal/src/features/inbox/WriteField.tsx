import { Combobox, Text, Textarea, useCombobox } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ClipboardEvent, type KeyboardEvent, type Ref, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Media } from "../../api/media";
import { useMay } from "../../api/session";
import { failed } from "../../ui/toasts";
import { cannedReplies, filled } from "./canned";
import { slashAt, withReply } from "./slash";

interface Props {
  field: Ref<HTMLTextAreaElement>;
  ticketId: string;
  queueId: string;
  /** Whether canned replies may be called: in a reply, not in a note. */
  hasCanned: boolean;
  label: string;
  placeholder: string;
  value: string;
  onChange: (value: string) => void;
  onSend: () => void;
  onFile: (file: File) => void;
  onMedia: (media: Media) => void;
}

/** Where one writes. A slash at the start of a line offers canned replies; a pasted picture becomes an attachment. */
export function WriteField({
  field,
  ticketId,
  queueId,
  hasCanned,
  value,
  onChange,
  onSend,
  onFile,
  onMedia,
  ...rest
}: Props) {
  const { t } = useTranslation();
  const may = useMay();
  const [cursor, setCursor] = useState(0);
  const [refused, setRefused] = useState("");
  const slash = hasCanned && may("canned-replies:read") ? slashAt(value, Math.min(cursor, value.length)) : undefined;
  const isCalling = slash !== undefined && refused !== slash.query + slash.start;
  const found = useQuery({
    ...cannedReplies(queueId, slash?.query ?? ""),
    enabled: isCalling,
    placeholderData: keepPreviousData,
  });
  const replies = isCalling ? (found.data?.items ?? []).slice(0, 8) : [];
  const combobox = useCombobox({ opened: isCalling });
  const first = replies[0]?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: Enter takes the first of what is offered
  useEffect(() => {
    if (first) combobox.selectFirstOption();
  }, [first]);
  const insert = async (id: string) => {
    if (!slash) return;
    try {
      const reply = await filled(ticketId, id);
      onChange(withReply(value, slash, reply.text));
      if (reply.media?.state === "ready") onMedia(reply.media);
    } catch (error) {
      failed(error);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onSend();
    } else if (event.key === "Escape" && slash && isCalling) {
      event.stopPropagation();
      setRefused(slash.query + slash.start);
    }
  };
  const onPaste = (event: ClipboardEvent) => {
    const file = event.clipboardData.files[0];
    if (!file || !hasCanned) return;
    event.preventDefault();
    onFile(file);
  };
  return (
    <Combobox store={combobox} onOptionSubmit={insert} position="top-start" width={380}>
      <Combobox.Target withAriaAttributes={false} withKeyboardNavigation={replies.length > 0}>
        <Textarea
          ref={field}
          variant="unstyled"
          autosize
          minRows={2}
          maxRows={10}
          px={12}
          dir="auto"
          maxLength={4096}
          placeholder={rest.placeholder}
          aria-label={rest.label}
          value={value}
          onChange={(event) => {
            setCursor(event.currentTarget.selectionStart);
            onChange(event.currentTarget.value);
          }}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={!isCalling}>
        <Combobox.Options aria-label={t("composer.canned")} mah={260} style={{ overflowY: "auto" }}>
          {replies.map((each) => (
            <Combobox.Option key={each.id} value={each.id}>
              <Text fw={500} fz="sm">
                {each.title}
                {each.shortcut && (
                  <Text span c="dimmed" ms={6} fz="xs">
                    /{each.shortcut}
                  </Text>
                )}
              </Text>
              <Text c="dimmed" fz="xs" lineClamp={1} dir="auto">
                {each.text}
              </Text>
            </Combobox.Option>
          ))}
          {found.isSuccess && replies.length === 0 && <Combobox.Empty>{t("composer.noCanned")}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
