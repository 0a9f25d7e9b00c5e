import { Alert, Checkbox, Group, Loader, Select, Stack, Switch, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { whatsappNumbers } from "../../../api/channels";
import tables from "../../../ui/Card.module.css";
import { countries } from "../../../ui/countries";
import { ErrorState } from "../../../ui/ErrorState";
import { useIsHere, whenDone } from "../../../ui/whenDone";
import { type FileLook, look, useProcess } from "../data";
import { fieldName, problemOf, SYSTEM } from "./columns";
import { Frame } from "./Frame";
import { ReadSummary } from "./ReadSummary";
import classes from "./Wizard.module.css";
import type { StepProps } from "./WizardPage";

/** Which column is what, then what reading the whole file found. */
export function FieldsStep(props: StepProps) {
  const { campaign, onBack, onNext } = props;
  const { t } = useTranslation("campaigns");
  const [mapping, setMapping] = useState(false);
  const [asked, setAsked] = useState(false);
  const recipients = campaign.recipients;
  const summary = recipients?.summary;
  const isClean = recipients?.state === "ready" && summary && summary.invalid + summary.duplicates === 0;
  // A file without a fault needs no further look: reading it leads on.
  useEffect(() => {
    if (asked && isClean) onNext();
  }, [asked, isClean, onNext]);
  if (!recipients) return null;
  if (recipients.state === "reading") {
    return (
      <Group className={classes.panel} gap="sm" role="status">
        <Loader size="sm" />
        <Text>{t("fields.reading", { name: recipients.fileName })}</Text>
      </Group>
    );
  }
  if (recipients.state === "ready" && !mapping) {
    return <ReadSummary {...props} onMap={recipients.source === "file" ? () => setMapping(true) : undefined} />;
  }
  return (
    <Stack gap="md">
      {recipients.state === "refused" && (
        <Alert color="red" role="alert" icon={<IconAlertTriangle size={18} />} title={t("fields.refused")}>
          {recipients.problem}
        </Alert>
      )}
      {recipients.source === "file" && (
        <Mapping
          campaign={campaign}
          onBack={onBack}
          onRead={() => {
            setMapping(false);
            setAsked(true);
          }}
        />
      )}
    </Stack>
  );
}

function Mapping({ campaign, onBack, onRead }: Pick<StepProps, "campaign" | "onBack"> & { onRead: () => void }) {
  const { t } = useTranslation("campaigns");
  const found = useQuery(look(campaign.id, campaign.recipients?.fileKey ?? ""));
  if (found.error) {
    return (
      <Frame onBack={onBack}>
        <ErrorState error={found.error} retry={() => found.refetch()} />
      </Frame>
    );
  }
  if (!found.data) {
    return (
      <Group className={classes.panel} gap="sm" role="status">
        <Loader size="sm" />
        <Text>{t("fields.reading", { name: campaign.recipients?.fileName ?? "" })}</Text>
      </Group>
    );
  }
  return <Columns campaign={campaign} look={found.data} onBack={onBack} onRead={onRead} />;
}

interface ColumnsProps extends Pick<StepProps, "campaign" | "onBack"> {
  look: FileLook;
  onRead: () => void;
}

function Columns({ campaign, look, onBack, onRead }: ColumnsProps) {
  const { t, i18n } = useTranslation("campaigns");
  const kept = campaign.recipients?.options;
  const numbers = useQuery(whatsappNumbers);
  const home = numbers.data?.items.find((each) => each.id === campaign.channelId)?.defaultCountry;
  const [columns, setColumns] = useState<(string | null)[]>(kept?.columns ?? look.columns);
  const [header, setHeader] = useState(kept?.header ?? look.header);
  const [chosen, setCountry] = useState<string | null>(kept?.country ?? null);
  const [duplicates, setDuplicates] = useState(kept?.includeDuplicates ?? false);
  const process = useProcess(campaign.id);
  const isHere = useIsHere();
  const problem = problemOf(columns);
  const country = chosen ?? home ?? null;
  const read = () =>
    whenDone(
      process.mutateAsync({ columns, header, includeDuplicates: duplicates, ...(country && { country }) }),
      () => isHere() && onRead(),
    );
  return (
    <Frame onBack={onBack} busy={process.isPending} onNext={problem ? undefined : read}>
      <Stack gap="md">
        <div className={tables.card}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table must be scrolled by keyboard too */}
          <section className={tables.scroll} aria-label={t("fields.firstRows")} tabIndex={0}>
            <table className={`${tables.table} ${classes.map}`}>
              <thead>
                <tr>
                  {columns.map((label, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
                    <th key={index} scope="col">
                      <FieldSelect
                        name={look.names[index]?.trim() || t("fields.column", { n: index + 1 })}
                        index={index}
                        label={label}
                        onChange={(next) => setColumns((old) => old.map((each, i) => (i === index ? next : each)))}
                      />
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {look.sample.slice(0, 6).map((row, line) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
                  <tr key={line}>
                    {columns.map((label, index) => (
                      // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
                      <td key={index} dir="auto" data-skipped={label === null || undefined}>
                        {row[index] ?? ""}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </div>
        {problem && (
          <Alert color="yellow" role="alert" icon={<IconAlertTriangle size={18} />}>
            {problem.kind === "noMobile" ? t("fields.noMobile") : t("fields.twice", { name: problem.name })}
          </Alert>
        )}
        <Group gap="lg" align="flex-end">
          <Select
            label={t("fields.country")}
            searchable
            clearable
            w={260}
            value={country}
            onChange={setCountry}
            data={countries(i18n.language)}
          />
          <Stack gap={8}>
            <Switch
              label={t("fields.header")}
              checked={header}
              onChange={(event) => setHeader(event.currentTarget.checked)}
            />
            <Checkbox
              label={t("fields.duplicates")}
              checked={duplicates}
              onChange={(event) => setDuplicates(event.currentTarget.checked)}
            />
          </Stack>
        </Group>
      </Stack>
    </Frame>
  );
}

const SKIP = "-";

interface FieldSelectProps {
  name: string;
  index: number;
  label: string | null;
  onChange: (label: string | null) => void;
}

function FieldSelect({ name, index, label, onChange }: FieldSelectProps) {
  const { t } = useTranslation("campaigns");
  const own = label && !SYSTEM.some((each) => each === label) ? label : fieldName(name, index);
  const options = [
    { value: "Mobile", label: t("fields.mobile") },
    { value: "FirstName", label: t("fields.FirstName") },
    { value: "LastName", label: t("fields.LastName") },
    { value: "ClientMessageId", label: t("fields.ClientMessageId") },
    ...(SYSTEM.some((each) => each === own) ? [] : [{ value: own, label: t("fields.keepAs", { name: own }) }]),
    { value: SKIP, label: t("fields.skip") },
  ];
  return (
    <Select
      label={name}
      aria-label={t("fields.field", { name })}
      size="xs"
      allowDeselect={false}
      value={label ?? SKIP}
      data={options}
      onChange={(value) => onChange(value === SKIP ? null : value)}
    />
  );
}
