import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { parseCsv } from "./csv";
import { type Column, DataTable } from "./DataTable";
import { open, textAt } from "./download";
import { failed } from "./toasts";

const ROWS_SHOWN = 50;

interface Props {
  title: string;
  text: string;
  /** What the table of them is called. */
  label: string;
  link: () => Promise<string>;
}

/** Rows of a file that could not be used: the first of them here, all of them as a file. */
export function RowsBehind({ title, text, label, link }: Props) {
  const { t } = useTranslation();
  const download = useMutation({ mutationFn: link, onSuccess: open, onError: failed });
  const show = useMutation({
    mutationFn: async () => parseCsv(await textAt(await link()), ROWS_SHOWN + 1),
    onError: failed,
  });
  const [names, ...rows] = show.data ?? [];
  const columns: Column<string[]>[] = (names ?? []).map((name, index) => ({
    id: String(index),
    title: name,
    cell: (row) => <span dir="auto">{row[index]}</span>,
  }));
  return (
    <Stack gap="sm">
      <Alert color="yellow" icon={<IconAlertTriangle size={18} />} title={title}>
        <Text mb="xs">{text}</Text>
        <Group gap="xs">
          {!show.data && (
            <Button variant="default" size="xs" loading={show.isPending} onClick={() => show.mutate()}>
              {t("rows.show")}
            </Button>
          )}
          <Button
            variant="default"
            size="xs"
            leftSection={<IconDownload size={15} />}
            loading={download.isPending}
            onClick={() => download.mutate()}
          >
            {t("rows.download")}
          </Button>
        </Group>
      </Alert>
      {show.data && <DataTable label={label} columns={columns} rows={rows} keyOf={(row) => row.join("\u0000")} />}
    </Stack>
  );
}
