import { Alert, Button, Group, Loader, Modal, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useMe } from "../../../api/session";
import { ErrorState } from "../../../ui/ErrorState";
import { type DefinitionView, documentOf, newest } from "../data";
import { difference } from "../model/difference";
import type { Workflow } from "../model/document";
import { DifferenceList } from "../versions/DifferenceList";

interface Props {
  definitionId: string;
  mine: Workflow;
  baseVersion: number;
  isPending: boolean;
  onKeepMine: (version: number) => void;
  onTakeTheirs: (view: DefinitionView) => void;
  onClose: () => void;
}

/** Somebody else saved meanwhile: what differs, and whose it shall be. Neither is lost: theirs stays a version. */
export function ConflictDialog({
  definitionId,
  mine,
  baseVersion,
  isPending,
  onKeepMine,
  onTakeTheirs,
  onClose,
}: Props) {
  const { t } = useTranslation("automation");
  const { accountId } = useMe();
  // Not under the builder's own key: what it is working with stays as it is.
  const found = useQuery({
    ...newest(accountId, definitionId),
    queryKey: ["workflow-conflict", definitionId, String(baseVersion)],
    gcTime: 0,
  });
  const theirs = found.data;
  return (
    <Modal
      opened
      onClose={onClose}
      size={720}
      title={t("conflict.title")}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      {found.error && <ErrorState error={found.error} retry={() => found.refetch()} />}
      {found.isPending && <Loader type="dots" role="status" aria-label={t("builder.opening")} />}
      {theirs === null && <Alert color="red">{t("builder.gone")}</Alert>}
      {theirs && (
        <>
          <Text mb="sm">{t("conflict.text", { theirs: theirs.version, base: baseVersion })}</Text>
          <DifferenceList
            difference={difference(documentOf(theirs), mine)}
            before={t("conflict.theirs")}
            after={t("conflict.mine")}
          />
          <Group justify="flex-end" mt="lg">
            <Button variant="default" onClick={onClose}>
              {t("conflict.later")}
            </Button>
            <Button variant="default" onClick={() => onTakeTheirs(theirs)}>
              {t("conflict.takeTheirs")}
            </Button>
            <Button loading={isPending} onClick={() => onKeepMine(theirs.version)}>
              {t("conflict.keepMine", { version: theirs.version + 1 })}
            </Button>
          </Group>
        </>
      )}
    </Modal>
  );
}
