import { ActionIcon, Anchor, Button, FileButton, Group, Menu, Modal, Switch, Text } from "@mantine/core";
import { IconDots, IconPlus, IconSitemap, IconUpload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/client";
import { useMay, useMe } from "../../api/session";
import { type Column, DataTable } from "../../ui/DataTable";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { Pill } from "../../ui/Pill";
import { done, failed } from "../../ui/toasts";
import { useFormat } from "../../ui/useFormat";
import { useNow } from "../../ui/useNow";
import { useIsHere, whenDone } from "../../ui/whenDone";
import { type DefinitionView, exported, useDelete, useSetStatus, workflows } from "./data";
import { download, fileName } from "./download";
import { GalleryDialog } from "./GalleryDialog";
import { ImportDialog } from "./ImportDialog";
import classes from "./Workflows.module.css";

export function WorkflowsPage() {
  const { t } = useTranslation("automation");
  const may = useMay();
  const { accountId } = useMe();
  const found = useQuery(workflows(accountId));
  const [choosing, setChoosing] = useState(false);
  const [file, setFile] = useState<File | null>(null);
  const resetFile = useRef<() => void>(null);
  const writes = may("workflows:write");
  const closeImport = () => {
    setFile(null);
    resetFile.current?.();
  };
  const isEmpty = found.data?.length === 0;
  return (
    <Page
      title={t("title")}
      text={t("text")}
      actions={
        writes && (
          <>
            <FileButton resetRef={resetFile} accept="application/json,.json" onChange={setFile}>
              {(props) => (
                <Button {...props} variant="default" leftSection={<IconUpload size={16} />}>
                  {t("import.action")}
                </Button>
              )}
            </FileButton>
            <Button leftSection={<IconPlus size={16} />} onClick={() => setChoosing(true)}>
              {t("list.new")}
            </Button>
          </>
        )
      }
    >
      {found.error ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : isEmpty ? (
        <EmptyState
          icon={IconSitemap}
          title={t("list.emptyTitle")}
          text={t("list.emptyText")}
          action={writes && <Button onClick={() => setChoosing(true)}>{t("list.new")}</Button>}
        />
      ) : (
        <WorkflowTable rows={found.data} />
      )}
      {choosing && <GalleryDialog onClose={() => setChoosing(false)} />}
      {file && <ImportDialog file={file} onClose={closeImport} />}
    </Page>
  );
}

function WorkflowTable({ rows }: { rows: DefinitionView[] | undefined }) {
  const { t } = useTranslation("automation");
  const format = useFormat();
  const now = useNow();
  const [deleting, setDeleting] = useState<DefinitionView>();
  const columns: Column<DefinitionView>[] = [
    {
      id: "name",
      title: t("list.name"),
      cell: (row) => (
        <Link to="/workflows/$definitionId" params={{ definitionId: row.id }} className={classes.name}>
          {nameOf(row)}
        </Link>
      ),
    },
    { id: "trigger", title: t("list.trigger"), cell: (row) => t(`triggers.${row.trigger as "keyword"}`) },
    { id: "status", title: t("list.status"), cell: (row) => <StatusSwitch row={row} /> },
    {
      id: "version",
      title: t("list.version"),
      cell: (row) => (
        <Anchor
          component={Link}
          to="/workflows/$definitionId"
          params={{ definitionId: row.id } as never}
          search={{ tab: "versions" } as never}
          fz="sm"
        >
          {t("list.versionOf", { version: row.version })}
        </Anchor>
      ),
    },
    {
      id: "changed",
      title: t("list.changed"),
      cell: (row) => (
        <Text span c="dimmed" fz="sm">
          {t("time.ago", { age: format.age(row.createdAt, now) })}
        </Text>
      ),
    },
    {
      id: "runs",
      title: t("list.runs"),
      cell: (row) => (
        <Anchor
          component={Link}
          to="/workflows/$definitionId"
          params={{ definitionId: row.id } as never}
          search={{ tab: "runs" } as never}
          fz="sm"
        >
          {t("list.watch")}
        </Anchor>
      ),
    },
    {
      id: "actions",
      title: t("action.more"),
      hiddenTitle: true,
      align: "end",
      width: 56,
      cell: (row) => <RowActions row={row} onDelete={() => setDeleting(row)} />,
    },
  ];
  return (
    <>
      <DataTable label={t("title")} columns={columns} rows={rows} keyOf={(row) => row.id} />
      {deleting && <DeleteDialog row={deleting} onClose={() => setDeleting(undefined)} />}
    </>
  );
}

function StatusSwitch({ row }: { row: DefinitionView }) {
  const { t } = useTranslation("automation");
  const may = useMay();
  const navigate = useNavigate();
  const setStatus = useSetStatus();
  const isHere = useIsHere();
  const enabled = row.status === "enabled";
  if (!may("workflows:write"))
    return <Pill tone={enabled ? "good" : "neutral"}>{t(enabled ? "status.enabled" : "status.disabled")}</Pill>;
  const change = (on: boolean) =>
    whenDone(
      setStatus.mutateAsync({ definitionId: row.id, status: on ? "enabled" : "disabled" }),
      () => done(t(on ? "status.nowEnabled" : "status.nowDisabled", { name: nameOf(row) })),
      (error) => {
        failed(error);
        // Its own tests are red: there they can be seen.
        if (error instanceof ApiError && error.code === "5002" && isHere())
          navigate({ to: "/workflows/$definitionId", params: { definitionId: row.id }, search: { tab: "tests" } });
      },
    );
  return (
    <Switch
      checked={setStatus.isPending ? setStatus.variables.status === "enabled" : enabled}
      disabled={setStatus.isPending}
      onChange={(event) => change(event.currentTarget.checked)}
      label={t(enabled ? "status.enabled" : "status.disabled")}
      aria-label={t("status.of", { name: nameOf(row) })}
      size="sm"
    />
  );
}

function RowActions({ row, onDelete }: { row: DefinitionView; onDelete: () => void }) {
  const { t } = useTranslation("automation");
  const may = useMay();
  const { accountId } = useMe();
  const save = async () => {
    try {
      download(fileName(nameOf(row)), await exported(accountId, row.id));
    } catch (error) {
      failed(error);
    }
  };
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon aria-label={t("action.moreOf", { name: nameOf(row) })}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={save}>{t("list.export")}</Menu.Item>
        {may("workflows:write") && (
          <Menu.Item color="red" c="var(--mantine-color-error)" onClick={onDelete}>
            {t("list.delete")}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function DeleteDialog({ row, onClose }: { row: DefinitionView; onClose: () => void }) {
  const { t } = useTranslation("automation");
  const remove = useDelete();
  const confirm = () =>
    whenDone(remove.mutateAsync(row.id), () => {
      done(t("list.deleted", { name: nameOf(row) }));
      onClose();
    });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("list.deleteTitle", { name: nameOf(row) })}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <Text>{t("list.deleteText")}</Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t("action.cancel")}
        </Button>
        <Button color="red" loading={remove.isPending} onClick={confirm}>
          {t("list.delete")}
        </Button>
      </Group>
    </Modal>
  );
}

function nameOf(row: DefinitionView): string {
  return String(row.definition.name);
}
