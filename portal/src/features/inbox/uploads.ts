/** A file on its way to the customer: uploaded first, then named in the message. */
import type { Media } from "../../api/media";
import type { OutMessage } from "./data";

/** The message with the file; `rest` is what its caption cannot hold and follows as a message of its own. */
export function messageWith(media: Media, text: string): { message: OutMessage; rest: string } {
  const kind = media.kind ?? "document";
  const hasCaption = kind === "image" || kind === "video" || kind === "document";
  const file = {
    id: media.id,
    ...(hasCaption && text && { caption: text }),
    ...(kind === "document" && { filename: media.name }),
  };
  return { message: { type: kind, [kind]: file } as unknown as OutMessage, rest: hasCaption ? "" : text };
}
