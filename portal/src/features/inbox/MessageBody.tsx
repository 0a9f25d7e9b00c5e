import {
  IconAddressBook,
  IconFile,
  IconMapPin,
  IconMicrophone,
  IconPhoto,
  IconSticker,
  IconVideo,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { WhatsAppText } from "../../ui/WhatsAppText";
import classes from "./Inbox.module.css";
import type { Message } from "./lines";
import { MediaFile } from "./MediaFile";

const FILES = {
  image: IconPhoto,
  video: IconVideo,
  audio: IconMicrophone,
  document: IconFile,
  sticker: IconSticker,
  location: IconMapPin,
  contacts: IconAddressBook,
};
type FileKind = keyof typeof FILES;

/** What a message says, whatever its type. */
export function MessageBody({ message }: { message: Message }) {
  const { type, content, preview } = message;
  if (type in FILES) return <FileBody kind={type as FileKind} content={content} media={message.media} />;
  const text =
    type === "text"
      ? String(content.body ?? preview)
      : type === "interactive"
        ? interactiveText(content, preview)
        : preview;
  return (
    <div dir="auto">
      <div className={classes.text}>
        <WhatsAppText>{text}</WhatsAppText>
      </div>
      {type === "interactive" && <Options content={content} />}
    </div>
  );
}

interface FileProps {
  kind: FileKind;
  content: Record<string, unknown>;
  media: Message["media"];
}

function FileBody({ kind, content, media }: FileProps) {
  const { t } = useTranslation();
  const Sign = FILES[kind];
  const caption = typeof content.caption === "string" ? content.caption : "";
  const name = String(content.filename ?? content.name ?? "");
  return (
    <>
      {media ? (
        <MediaFile media={media} name={caption || name || t(`thread.file.${kind}`)} />
      ) : (
        <div className={classes.file}>
          <Sign size={22} stroke={1.5} aria-hidden />
          <span>
            {t(`thread.file.${kind}`)}
            {name && ` · ${name}`}
            {kind === "location" && content.latitude !== undefined && (
              <>
                {" "}
                <a
                  href={`https://www.openstreetmap.org/?mlat=${content.latitude}&mlon=${content.longitude}#map=16/${content.latitude}/${content.longitude}`}
                  target="_blank"
                  rel="noreferrer noopener"
                >
                  {t("thread.openMap")}
                </a>
              </>
            )}
          </span>
        </div>
      )}
      {caption && (
        <div className={classes.text} dir="auto">
          <WhatsAppText>{caption}</WhatsAppText>
        </div>
      )}
    </>
  );
}

interface Interactive {
  body?: { text?: string };
  button_reply?: { title?: string };
  list_reply?: { title?: string };
  action?: {
    button?: string;
    buttons?: { reply?: { id: string; title: string } }[];
    sections?: { rows?: { id: string; title: string }[] }[];
  };
}

function interactiveText(content: Interactive, preview: string): string {
  return content.button_reply?.title ?? content.list_reply?.title ?? content.body?.text ?? preview;
}

/** What the customer may tap. */
function Options({ content }: { content: Interactive }) {
  const buttons = content.action?.buttons?.flatMap((each) => (each.reply ? [each.reply] : [])) ?? [];
  const rows = content.action?.sections?.flatMap((section) => section.rows ?? []) ?? [];
  if (buttons.length + rows.length === 0) return null;
  return (
    <div className={classes.options}>
      {[...buttons, ...rows].map((each) => (
        <div key={each.id} className={classes.option}>
          {each.title}
        </div>
      ))}
    </div>
  );
}
