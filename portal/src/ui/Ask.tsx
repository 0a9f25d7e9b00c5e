import { Button, Group, Modal, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { failed } from "./toasts";

interface Props {
  title: string;
  text: ReactNode;
  yes: string;
  no?: string;
  danger?: boolean;
  onYes: () => Promise<unknown>;
  onClose: () => void;
}

/** Asks before what cannot be undone. Stays open when the server refuses. */
export function Ask({ title, text, yes, no, danger = true, onYes, onClose }: Props) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const agree = async () => {
    setBusy(true);
    try {
      await onYes();
      onClose();
    } catch (error) {
      failed(error);
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Text component="div">{text}</Text>
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={onClose}>
          {no ?? t("action.cancel")}
        </Button>
        <Button color={danger ? "red" : undefined} loading={busy} onClick={agree}>
          {yes}
        </Button>
      </Group>
    </Modal>
  );
}
