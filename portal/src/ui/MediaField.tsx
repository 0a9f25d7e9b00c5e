import { ActionIcon, Button, FileButton, Group, Input, Loader, Text } from "@mantine/core";
import { IconUpload, IconX } from "@tabler/icons-react";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useAttachment } from "./useAttachment";

export interface KeptFile {
  id: string;
  name: string;
}

interface Props {
  label: string;
  description?: ReactNode;
  accept: string;
  value: KeptFile | undefined;
  error?: ReactNode;
  onChange: (file: KeptFile | undefined) => void;
}

/** A file to upload, by name; says how far it is, and why it was not taken. */
export function MediaField({ label, description, accept, value, error, onChange }: Props) {
  const { t } = useTranslation();
  const { attachment, take, drop } = useAttachment();
  const media = attachment?.media;
  // biome-ignore lint/correctness/useExhaustiveDependencies: tells of a file once, when it has arrived
  useEffect(() => {
    if (media) onChange({ id: media.id, name: media.name });
  }, [media?.id]);
  const name = value?.name ?? attachment?.name;
  const going = attachment && !media && !attachment.error;
  return (
    <Input.Wrapper label={label} description={description} error={attachment?.error ?? error} labelElement="div">
      <Group gap="xs" mt={4} wrap="nowrap">
        <FileButton accept={accept} onChange={(file) => file && take(file)}>
          {(props) => (
            <Button
              {...props}
              variant="default"
              leftSection={<IconUpload size={15} />}
              aria-label={`${t(name ? "media.other" : "media.choose")}: ${label}`}
            >
              {t(name ? "media.other" : "media.choose")}
            </Button>
          )}
        </FileButton>
        {going && <Loader size={16} />}
        {name && (
          <Text fz="sm" truncate role="status">
            {name}
          </Text>
        )}
        {name && !going && (
          <ActionIcon
            aria-label={t("media.remove", { name })}
            onClick={() => {
              drop();
              onChange(undefined);
            }}
          >
            <IconX size={16} />
          </ActionIcon>
        )}
      </Group>
    </Input.Wrapper>
  );
}
