import { IconFile, IconMapPin, IconPhoto, IconVideo } from "@tabler/icons-react";
import classes from "./TemplatePreview.module.css";
import type { Shown } from "./templates";
import { WhatsAppText } from "./WhatsAppText";

const FILES = { image: IconPhoto, video: IconVideo, document: IconFile, location: IconMapPin };

/** A template as it will look in the customer's chat. */
export function TemplatePreview({ shown }: { shown: Shown }) {
  const File = shown.header && shown.header.kind !== "text" ? FILES[shown.header.kind] : undefined;
  return (
    <div className={classes.message} dir="auto">
      {File && (
        <div className={classes.file}>
          <File size={28} stroke={1.4} aria-hidden />
        </div>
      )}
      {shown.header?.kind === "text" && <div className={classes.header}>{shown.header.text}</div>}
      <div className={classes.body}>
        <WhatsAppText>{shown.body}</WhatsAppText>
      </div>
      {shown.footer && <div className={classes.footer}>{shown.footer}</div>}
      {shown.buttons.map((button) => (
        <div key={button.text} className={classes.button}>
          {button.text}
        </div>
      ))}
    </div>
  );
}
