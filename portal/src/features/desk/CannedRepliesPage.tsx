import { ActionIcon, Button, Group, Modal, MultiSelect, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { IconEdit, IconMessagePlus, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/client";
import { queues } from "../../api/desk";
import { useMay } from "../../api/session";
import { DataTable } from "../../ui/DataTable";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { done } from "../../ui/toasts";
import { whenDone } from "../../ui/whenDone";
import { type CannedReply, cannedReplies, useDeleteReply, useSaveReply } from "./data";

/** Answers that are written once. */
export function CannedRepliesPage() {
  const { t } = useTranslation("desk");
  const mayWrite = useMay()("canned-replies:write");
  const found = useQuery(cannedReplies);
  const lines = useQuery(queues).data?.items ?? [];
  const remove = useDeleteReply();
  const [open, setOpen] = useState<CannedReply | "new">();
  const create = mayWrite && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen("new")}>
      {t("replies.create")}
    </Button>
  );
  const isEmpty = found.data?.items.length === 0;
  return (
    <Page title={t("replies.title")} text={t("replies.text", { name: "{{name}}" })} actions={!isEmpty && create}>
      {found.error && !found.data ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : isEmpty ? (
        <EmptyState icon={IconMessagePlus} title={t("replies.none")} text={t("replies.noneText")} action={create} />
      ) : (
        <DataTable
          label={t("replies.title")}
          rows={found.data?.items}
          keyOf={(reply) => reply.id}
          columns={[
            {
              id: "title",
              title: t("replies.name"),
              width: "24%",
              cell: (reply) => (
                <>
                  <Text fw={500}>{reply.title}</Text>
                  {reply.shortcut && (
                    <Text c="dimmed" fz="xs">
                      /{reply.shortcut}
                    </Text>
                  )}
                </>
              ),
            },
            {
              id: "text",
              title: t("replies.body"),
              cell: (reply) => (
                <Text lineClamp={2} dir="auto">
                  {reply.text}
                </Text>
              ),
            },
            {
              id: "queues",
              title: t("replies.queues"),
              cell: (reply) =>
                reply.queues?.map((id) => lines.find((each) => each.id === id)?.name ?? id).join(", ") ??
                t("replies.allQueues"),
            },
            ...(mayWrite
              ? [
                  {
                    id: "acts",
                    title: t("action.more"),
                    hiddenTitle: true,
                    align: "end" as const,
                    cell: (reply: CannedReply) => (
                      <Group gap={4} wrap="nowrap" justify="flex-end">
                        <ActionIcon
                          aria-label={t("replies.edit", { name: reply.title })}
                          onClick={() => setOpen(reply)}
                        >
                          <IconEdit size={16} stroke={1.6} />
                        </ActionIcon>
                        <ActionIcon
                          aria-label={t("replies.remove", { name: reply.title })}
                          onClick={() =>
                            whenDone(remove.mutateAsync(reply.id), () =>
                              done(t("replies.removed", { name: reply.title })),
                            )
                          }
                        >
                          <IconTrash size={16} stroke={1.6} />
                        </ActionIcon>
                      </Group>
                    ),
                  },
                ]
              : []),
          ]}
        />
      )}
      {open && <ReplyDialog reply={open === "new" ? undefined : open} onClose={() => setOpen(undefined)} />}
    </Page>
  );
}

function ReplyDialog({ reply, onClose }: { reply: CannedReply | undefined; onClose: () => void }) {
  const { t } = useTranslation("desk");
  const lines = useQuery(queues).data?.items ?? [];
  const save = useSaveReply(reply);
  const [title, setTitle] = useState(reply?.title ?? "");
  const [shortcut, setShortcut] = useState(reply?.shortcut ?? "");
  const [text, setText] = useState(reply?.text ?? "");
  const [only, setOnly] = useState(reply?.queues ?? []);
  const wrong = (field: string) => (save.error instanceof ApiError ? save.error.field(field) : undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    whenDone(
      save.mutateAsync({
        title,
        text,
        shortcut: shortcut || null,
        mediaId: reply?.mediaId ?? null,
        category: reply?.category ?? "",
        queues: only.length > 0 ? only : null,
      }),
      () => {
        done(t("replies.saved", { name: title }));
        onClose();
      },
    );
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={reply ? t("replies.edit", { name: reply.title }) : t("replies.create")}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t("replies.name")}
            required
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
            error={wrong("title")}
            data-autofocus
          />
          <TextInput
            label={t("replies.shortcut")}
            description={t("replies.shortcutText")}
            leftSection="/"
            value={shortcut}
            onChange={(event) => setShortcut(event.currentTarget.value.replace(/[\s/]/g, ""))}
            error={wrong("shortcut")}
          />
          <Textarea
            label={t("replies.body")}
            required
            autosize
            minRows={3}
            maxRows={12}
            dir="auto"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            error={wrong("text")}
          />
          <MultiSelect
            label={t("replies.queues")}
            placeholder={only.length === 0 ? t("replies.allQueues") : ""}
            data={lines.map((each) => ({ value: each.id, label: each.name }))}
            value={only}
            onChange={setOnly}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t("action.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
