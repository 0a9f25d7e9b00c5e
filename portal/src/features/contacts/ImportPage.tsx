import { Button, Group, Loader, MultiSelect, Select, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowBackUp, IconFileImport } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { groups } from "../../api/groups";
import { Ask } from "../../ui/Ask";
import tables from "../../ui/Card.module.css";
import { countries } from "../../ui/countries";
import { delimiterOf, parseCsv } from "../../ui/csv";
import { DataTable } from "../../ui/DataTable";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { Pill, type Tone } from "../../ui/Pill";
import { RowsBehind } from "../../ui/RowsBehind";
import { Uploading } from "../../ui/Uploading";
import { useFormat } from "../../ui/useFormat";
import { useUpload } from "../../ui/useUpload";
import { useIsHere, whenDone } from "../../ui/whenDone";
import classes from "./Contacts.module.css";
import { cleaned, FIELDS, guess, hasAddress } from "./columns";
import { imports, isOver, type Job, job as jobQuery, uploadLink, useAccount, useImport, useUndo } from "./data";

const PREVIEW_BYTES = 64 * 1024;
const PREVIEW_ROWS = 6;

interface Sent {
  uploadId: string;
  name: string;
  /** The first lines of a text file; nothing of a workbook. */
  rows: string[][];
}

/** Upload, say which column is what, watch it go, undo it if it was wrong. */
export function ImportPage() {
  const { t } = useTranslation("contacts");
  const { job } = useSearch({ from: "/contacts/import" });
  const [sent, setSent] = useState<Sent>();
  return (
    <Page
      title={t("bring.title")}
      text={t("bring.text")}
      actions={
        <Button component={Link} to="/contacts" variant="default">
          {t("page.back")}
        </Button>
      }
    >
      <Stack gap="lg">
        {job ? (
          <Running batchId={job} onAgain={() => setSent(undefined)} />
        ) : sent ? (
          <Mapping sent={sent} onBack={() => setSent(undefined)} />
        ) : (
          <Upload onSent={setSent} />
        )}
        <Earlier />
      </Stack>
    </Page>
  );
}

function Upload({ onSent }: { onSent: (sent: Sent) => void }) {
  const { t } = useTranslation("contacts");
  const accountId = useAccount();
  const uploadId = useRef("");
  const upload = useUpload(
    async (file) => {
      const link = await uploadLink(accountId, file.name);
      uploadId.current = link.uploadId;
      return link;
    },
    async (file) => onSent({ uploadId: uploadId.current, name: file.name, rows: await firstRows(file) }),
  );
  return <Uploading upload={upload} label={t("bring.choose")} />;
}

async function firstRows(file: File): Promise<string[][]> {
  if (file.name.toLowerCase().endsWith(".xlsx")) return [];
  const text = await file.slice(0, PREVIEW_BYTES).text();
  return parseCsv(text, PREVIEW_ROWS + 1, delimiterOf(text));
}

function Mapping({ sent, onBack }: { sent: Sent; onBack: () => void }) {
  const { t, i18n } = useTranslation("contacts");
  const navigate = useNavigate({ from: "/contacts/import" });
  const all = useQuery(groups(useAccount()));
  const start = useImport();
  const isHere = useIsHere();
  const [names = [], ...rows] = sent.rows;
  const [columns, setColumns] = useState(() => guess(names));
  const [country, setCountry] = useState<string | null>(null);
  const [into, setInto] = useState<string[]>([]);
  const isReady = names.length === 0 || hasAddress(columns);
  const go = () =>
    whenDone(
      start.mutateAsync({
        uploadId: sent.uploadId,
        fileName: sent.name,
        groups: into.map(Number),
        ...(names.length > 0 && { fileColumns: columns.join(",") }),
        ...(country && { country }),
      }),
      (job) => isHere() && navigate({ to: ".", search: { job: job.id } }),
    );
  return (
    <Stack gap="md">
      <Title order={2}>{t("bring.columns")}</Title>
      {names.length === 0 ? (
        <Text c="dimmed">{t("bring.workbook")}</Text>
      ) : (
        <div className={tables.card}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table must be scrolled by keyboard too */}
          <section className={tables.scroll} aria-label={t("bring.firstRows")} tabIndex={0}>
            <table className={tables.table}>
              <thead>
                <tr>
                  {names.map((name, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
                    <th key={index} scope="col" style={{ minWidth: 170, verticalAlign: "bottom" }}>
                      <Select
                        size="xs"
                        label={name}
                        aria-label={t("bring.column", { name })}
                        allowDeselect={false}
                        value={columns[index] || "-"}
                        data={optionsFor(name, t)}
                        onChange={(value) =>
                          setColumns((old) =>
                            old.map((each, i) => (i === index ? (value === "-" ? "" : (value ?? "")) : each)),
                          )
                        }
                      />
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map((row, line) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
                  <tr key={line}>
                    {names.map((_, index) => (
                      // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
                      <td key={index} dir="auto">
                        {row[index] ?? ""}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </div>
      )}
      {!isReady && (
        <Text c="red" fz="sm" role="alert">
          {t("bring.noAddress")}
        </Text>
      )}
      <Group align="flex-end">
        <Select
          label={t("bring.country")}
          searchable
          clearable
          w={280}
          value={country}
          onChange={setCountry}
          data={countries(i18n.language)}
        />
        <MultiSelect
          label={t("bring.groups")}
          searchable
          w={280}
          value={into}
          onChange={setInto}
          data={(all.data?.items ?? []).map((each) => ({ value: String(each.id), label: each.name }))}
        />
      </Group>
      <Group justify="space-between">
        <Button variant="default" onClick={onBack}>
          {t("bring.another")}
        </Button>
        <Button leftSection={<IconFileImport size={16} />} disabled={!isReady} loading={start.isPending} onClick={go}>
          {t("bring.start")}
        </Button>
      </Group>
    </Stack>
  );
}

type FieldKey = `bring.fields.${(typeof FIELDS)[number]}`;

function optionsFor(
  name: string,
  t: (key: FieldKey | "bring.keepAs" | "bring.skip", values?: { name: string }) => string,
) {
  const own = cleaned(name);
  return [
    ...FIELDS.map((field) => ({ value: field as string, label: t(`bring.fields.${field}`) })),
    ...(own && !FIELDS.some((field) => field === own) ? [{ value: own, label: t("bring.keepAs", { name: own }) }] : []),
    { value: "-", label: t("bring.skip") },
  ];
}

function Running({ batchId, onAgain }: { batchId: string; onAgain: () => void }) {
  const { t } = useTranslation("contacts");
  const navigate = useNavigate({ from: "/contacts/import" });
  const found = useQuery(jobQuery(useAccount(), batchId));
  const job = found.data;
  if (found.error && !job) return <ErrorState error={found.error} retry={() => found.refetch()} />;
  if (!job) return <Loader size="sm" />;
  return (
    <Stack gap="md" className={classes.panel}>
      <Group gap="sm" role="status">
        {!isOver(job) && <Loader size="sm" />}
        <Title order={2}>{headline(job, t)}</Title>
      </Group>
      {job.problem && (
        <Text c="red" role="alert">
          {job.problem}
        </Text>
      )}
      <Counts job={job} />
      {job.invalidFileLocation && Boolean(job.errorRows) && (
        <Unusable job={job} link={async () => (await found.refetch()).data?.invalidFileLocation ?? ""} />
      )}
      {isOver(job) && (
        <Group gap="xs">
          <Button component={Link} to="/contacts">
            {t("bring.show")}
          </Button>
          <Button
            variant="default"
            onClick={() => {
              onAgain();
              navigate({ to: ".", search: {} });
            }}
          >
            {t("bring.next")}
          </Button>
          {job.type === "createContacts" && job.status === "completed" && <Undo job={job} />}
        </Group>
      )}
    </Stack>
  );
}

type Headline = "bring.undone" | "bring.done" | "bring.failed" | "bring.stopped" | "bring.waiting" | "bring.running";

function headline(job: Job, t: (key: Headline, values: { name: string }) => string): string {
  const name = job.fileName ?? "";
  if (job.status === "completed") return t(job.type === "undoCreateContacts" ? "bring.undone" : "bring.done", { name });
  if (job.status === "failed" || job.status === "timeout") return t("bring.failed", { name });
  if (job.status === "stopped") return t("bring.stopped", { name });
  return t(job.status === "queued" ? "bring.waiting" : "bring.running", { name });
}

function Counts({ job }: { job: Job }) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const counts = [
    [t("bring.rows"), job.totalRows],
    [t("bring.inserted"), job.insertedRows],
    [t("bring.updated"), job.updatedRows],
    [t("bring.unchanged"), job.unchangedRows],
    [t("bring.doubled"), job.duplicatedRows],
    [t("bring.errors"), job.errorRows],
    [t("bring.kept"), job.keptRows],
  ] as const;
  return (
    <dl className={classes.counts}>
      {counts
        .filter(([, count]) => typeof count === "number")
        .map(([label, count]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{format.number(count ?? 0)}</dd>
          </div>
        ))}
    </dl>
  );
}

function Unusable({ job, link }: { job: Job; link: () => Promise<string> }) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const count = job.errorRows ?? 0;
  return (
    <RowsBehind
      title={t("bring.unusable", { count, n: format.number(count) })}
      text={t("bring.unusableText")}
      label={t("bring.unusableRows")}
      link={link}
    />
  );
}

function Undo({ job }: { job: Job }) {
  const { t } = useTranslation("contacts");
  const navigate = useNavigate({ from: "/contacts/import" });
  const undo = useUndo();
  const [asking, ask] = useDisclosure();
  return (
    <>
      <Button variant="default" leftSection={<IconArrowBackUp size={16} />} onClick={ask.open}>
        {t("bring.undo")}
      </Button>
      {asking && (
        <Ask
          title={t("bring.undoTitle", { name: job.fileName ?? "" })}
          text={t("bring.undoText")}
          yes={t("bring.undo")}
          onClose={ask.close}
          onYes={async () => {
            const undoing = await undo.mutateAsync(job.id);
            navigate({ to: ".", search: { job: undoing.id } });
          }}
        />
      )}
    </>
  );
}

const TONES: Partial<Record<Job["status"], Tone>> = {
  completed: "good",
  failed: "bad",
  inProgress: "busy",
  queued: "busy",
};

function Earlier() {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const found = useQuery(imports(useAccount()));
  if (!found.data || found.data.items.length === 0) return null;
  return (
    <div>
      <Title order={2} mb="sm">
        {t("bring.earlier")}
      </Title>
      <DataTable
        label={t("bring.earlier")}
        rows={found.data.items}
        keyOf={(job) => job.id}
        columns={[
          {
            id: "file",
            title: t("bring.file"),
            cell: (job) => (
              <Text
                component={Link}
                to="/contacts/import"
                search={{ job: job.id } as never}
                fw={500}
                style={{ textDecoration: "none" }}
              >
                {job.fileName || job.id}
              </Text>
            ),
          },
          { id: "at", title: t("bring.at"), cell: (job) => format.dateTime(job.createdAt) },
          {
            id: "state",
            title: t("bring.state"),
            cell: (job) => <Pill tone={TONES[job.status] ?? "neutral"}>{t(`bring.states.${job.status}`)}</Pill>,
          },
          {
            id: "n",
            title: t("bring.inserted"),
            align: "end",
            cell: (job) => format.number(job.insertedRows ?? 0),
          },
        ]}
      />
    </div>
  );
}
