import { IconClock, IconFile, IconMapPin, IconPhoto, IconVideo } from "@tabler/icons-react";
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
      {shown.offer && (
        <div className={classes.offer}>
          <IconClock size={16} stroke={1.6} aria-hidden />
          {shown.offer}
        </div>
      )}
      <div className={classes.body}>
        <WhatsAppText>{shown.body}</WhatsAppText>
      </div>
      {shown.footer && <div className={classes.footer}>{shown.footer}</div>}
      {shown.buttons.map((button, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a button is its place
        <div key={index} className={classes.button}>
          {button.text}
        </div>
      ))}
      {shown.cards && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: cards beside each other are scrolled by keyboard too
        <section className={classes.cards} tabIndex={0} aria-label="Carousel">
          {shown.cards.map((card, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a card is its place
            <TemplatePreview key={index} shown={card} />
          ))}
        </section>
      )}
    </div>
  );
}
