import { useQuery } from "@tanstack/react-query";
import { MediaField } from "../../../ui/MediaField";
import type { Slot } from "../data";
import { media } from "../data";

/** What a file for each kind of place may be. */
export const FILES: Partial<Record<Slot["kind"], string>> = {
  image: "image/jpeg,image/png",
  video: "video/mp4,video/3gpp",
  document: ".pdf,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.txt",
};

/** Ids of uploaded files are ours and no addresses. */
export const isUploaded = (value: string) => /^[0-9A-Z]{26}$/.test(value);

interface Props {
  label: string;
  accept: string;
  value: string;
  onChange: (mediaId: string) => void;
}

/** A picture, video or document that is uploaded here and goes to everybody. */
export function MediaSlot({ label, accept, value, onChange }: Props) {
  const known = useQuery({ ...media(value), enabled: isUploaded(value) });
  return (
    <MediaField
      label={label}
      accept={accept}
      value={isUploaded(value) ? { id: value, name: known.data?.name ?? "…" } : undefined}
      error={known.error?.message}
      onChange={(file) => onChange(file?.id ?? "")}
    />
  );
}
