import { Anchor, Loader, Modal, Text, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconDownload, IconFile } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import classes from "./Inbox.module.css";

type Media = Schemas["MediaView"];

/** A message's file: seen or heard where it stands, and larger at a click. */
export function MediaFile({ media, name }: { media: Media; name: string }) {
  const { t } = useTranslation();
  if (media.state === "refused" || media.state === "lost") {
    return (
      <div className={classes.file} role="alert">
        <IconAlertTriangle size={18} aria-hidden />
        {media.problem || t("thread.fileLost")}
      </div>
    );
  }
  if (!media.url) {
    return (
      <div className={classes.file} role="status">
        <Loader size={16} />
        {t("thread.fileComing")}
      </div>
    );
  }
  switch (media.kind) {
    case "image":
    case "sticker":
      return <Picture media={media} url={media.url} name={name} />;
    case "video":
      return (
        // biome-ignore lint/a11y/useMediaCaption: what customers film has no captions
        <video className={classes.video} controls preload="none" poster={media.previewUrl ?? undefined} src={media.url}>
          {name}
        </video>
      );
    case "audio":
      return (
        // biome-ignore lint/a11y/useMediaCaption: what customers say has no captions
        <audio className={classes.audio} controls preload="none" src={media.url} aria-label={name}>
          {name}
        </audio>
      );
    default:
      return (
        <Anchor
          className={classes.file}
          href={media.url}
          target="_blank"
          rel="noreferrer noopener"
          download={media.name}
        >
          <IconFile size={22} stroke={1.5} aria-hidden />
          <span>
            {media.name || name}
            <Text c="dimmed" fz="xs">
              {Math.max(1, Math.round(media.size / 1000))} kB
            </Text>
          </span>
        </Anchor>
      );
  }
}

function Picture({ media, url, name }: { media: Media; url: string; name: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  // The place is kept before the picture is there, so that the thread does not jump.
  const ratio = media.width && media.height ? media.width / media.height : 4 / 3;
  return (
    <>
      <UnstyledButton onClick={() => setOpen(true)} aria-label={t("thread.enlarge", { name })}>
        <img
          className={classes.picture}
          src={media.previewUrl ?? url}
          alt={name}
          loading="lazy"
          style={{ aspectRatio: ratio }}
        />
      </UnstyledButton>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        size="auto"
        title={media.name || name}
        closeButtonProps={{ "aria-label": t("action.close") }}
      >
        <img src={url} alt={name} style={{ display: "block", maxWidth: "86vw", maxHeight: "74vh" }} />
        <Anchor
          href={url}
          target="_blank"
          rel="noreferrer noopener"
          download={media.name}
          mt="sm"
          display="inline-flex"
        >
          <IconDownload size={16} aria-hidden style={{ marginInlineEnd: 6 }} />
          {t("thread.download")}
        </Anchor>
      </Modal>
    </>
  );
}
