import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Bar } from "./Bar";
import cards from "./Card.module.css";
import { FileDrop } from "./FileDrop";
import { useFormat } from "./useFormat";
import type { useUpload } from "./useUpload";

interface Props {
  upload: ReturnType<typeof useUpload>;
  /** On the button. */
  label: string;
}

/** A spreadsheet on its way: where to drop it, how far it is, what went wrong and how to go on. */
export function Uploading({ upload, label }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { file, done, wrong, at, start, stop, error } = upload;
  const local = wrong === "type" || wrong === "empty" || wrong === "size";
  return (
    <>
      {file && (wrong || error) && (
        <Alert color="red" role="alert" icon={<IconAlertTriangle size={18} />} title={t("upload.wrongTitle")}>
          <Text>
            {wrong
              ? t(`upload.wrong.${wrong}`, {
                  name: file.name,
                  size: format.bytes(file.size),
                  at: format.percent(at, 1),
                })
              : error}
          </Text>
          {!local && (
            <Button mt="xs" variant="default" onClick={() => start(file)}>
              {t("error.retry")}
            </Button>
          )}
        </Alert>
      )}
      {file && !wrong && !error ? (
        <div className={cards.card} style={{ padding: 16 }}>
          <Group justify="space-between" mb="xs">
            <Text fw={500}>{t("upload.uploading", { name: file.name })}</Text>
            <Button variant="subtle" color="gray" size="compact-sm" onClick={stop}>
              {t("upload.stop")}
            </Button>
          </Group>
          <Bar done={done} label={t("upload.uploading", { name: file.name })} />
          <Text c="dimmed" fz="xs" mt={4} className="tabular">
            {t("upload.part", { done: format.bytes(done * file.size), all: format.bytes(file.size) })}
          </Text>
        </div>
      ) : (
        <FileDrop
          title={t("upload.drop")}
          text={t("upload.dropText")}
          label={label}
          accept=".csv,.txt,.xlsx"
          onFile={start}
        />
      )}
    </>
  );
}
