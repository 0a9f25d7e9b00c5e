import { useEffect, useRef, useState } from "react";
import { type Media, upload } from "../api/media";

export interface Attachment {
  name: string;
  /** Shows a picture before it has been uploaded. */
  preview: string | undefined;
  media: Media | undefined;
  error: string | undefined;
}

/** One file that goes with what is written. It is uploaded meanwhile. */
export function useAttachment() {
  const [attachment, setAttachment] = useState<Attachment>();
  const going = useRef<AbortController>(undefined);
  const preview = attachment?.preview;
  useEffect(() => () => going.current?.abort(), []);
  useEffect(() => () => (preview ? URL.revokeObjectURL(preview) : undefined), [preview]);

  const drop = () => {
    going.current?.abort();
    setAttachment(undefined);
  };
  const take = async (file: File) => {
    going.current?.abort();
    const mine = new AbortController();
    going.current = mine;
    const picture = file.type.startsWith("image/") ? URL.createObjectURL(file) : undefined;
    const begun: Attachment = { name: file.name, preview: picture, media: undefined, error: undefined };
    setAttachment(begun);
    try {
      const media = await upload(file, mine.signal);
      if (!mine.signal.aborted) setAttachment({ ...begun, media });
    } catch (error) {
      if (mine.signal.aborted) return;
      setAttachment({ ...begun, error: error instanceof Error ? error.message : String(error) });
    }
  };
  /** A file that is there already, as a canned reply's. */
  const put = (media: Media) => {
    going.current?.abort();
    setAttachment({ name: media.name, preview: undefined, media, error: undefined });
  };
  return { attachment, take, put, drop };
}
