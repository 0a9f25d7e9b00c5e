import { CloseButton, Loader, Text } from "@mantine/core";
import { IconAlertTriangle, IconPaperclip } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Attachment } from "../../ui/useAttachment";
import classes from "./Inbox.module.css";

/** The file that goes with the message, and how far it is. */
export function AttachmentChip({ attachment, onRemove }: { attachment: Attachment; onRemove: () => void }) {
  const { t } = useTranslation();
  const { name, preview, media, error } = attachment;
  return (
    <div className={classes.attachment}>
      {preview ? (
        <img src={preview} alt="" width={36} height={36} style={{ objectFit: "cover", borderRadius: 6 }} />
      ) : (
        <IconPaperclip size={18} stroke={1.6} aria-hidden />
      )}
      <div style={{ minWidth: 0, flex: 1 }}>
        <Text fz="sm" fw={500} truncate>
          {name}
        </Text>
        <Text fz="xs" c={error ? "var(--mantine-color-error)" : "dimmed"} role={error ? "alert" : "status"}>
          {error ?? t(media ? "composer.fileReady" : "composer.fileUploading")}
        </Text>
      </div>
      {error ? <IconAlertTriangle size={16} aria-hidden /> : !media && <Loader size={16} />}
      <CloseButton size="sm" onClick={onRemove} aria-label={t("composer.fileRemove", { name })} />
    </div>
  );
}
