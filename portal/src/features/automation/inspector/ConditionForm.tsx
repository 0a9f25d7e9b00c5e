import { Autocomplete, Checkbox, Chip, Group, Select, Stack, Switch, TagsInput, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useMe } from "../../../api/session";
import { timeZones } from "../data";
import { countryName } from "../flow/labels";
import {
  blank,
  type Condition,
  type Contains,
  type Country,
  DAYS,
  type Equals,
  read,
  type Time,
  type Weekday,
  write,
} from "../model/conditions";
import { COUNTRIES } from "./countries";
import classes from "./Inspector.module.css";
import { ScriptText } from "./ScriptText";

const KINDS = ["contains", "equals", "country", "time", "weekday", "custom"] as const;

interface Props {
  script: string;
  stepKey: string;
  /** Whether a reply can be asked for. */
  replies: boolean;
  /** What a new text condition looks at. */
  subject: string;
  error?: string | undefined;
  onChange: (script: string) => void;
}

/** One condition: a form where it has one, and the script for everything else. */
export function ConditionForm({ script, stepKey, replies, subject, error, onChange }: Props) {
  const { t } = useTranslation("automation");
  const found = read(script);
  const change = (next: Condition) => onChange(write(next));
  const kinds = replies ? (["replied", "silent", ...KINDS] as const) : KINDS;
  return (
    <Stack gap={8}>
      <Select
        label={t("condition.kind")}
        allowDeselect={false}
        data={kinds.map((kind) => ({ value: kind, label: t(`condition.kinds.${kind}`) }))}
        value={found.kind}
        onChange={(kind) => {
          if (!kind || kind === found.kind) return;
          const value = "value" in found && ["contains", "equals"].includes(found.kind) ? found.value : subject;
          // What was made by a form can be looked at and changed as a script.
          change(
            kind === "custom" ? { kind, script: write(found).slice(2, -2) } : blank(kind as Condition["kind"], value),
          );
        }}
      />
      <Parts condition={found} stepKey={stepKey} onChange={change} error={error} />
      {"not" in found && (
        <Switch
          size="sm"
          label={t("condition.not")}
          checked={found.not}
          onChange={(event) => change({ ...found, not: event.currentTarget.checked })}
        />
      )}
      {error && found.kind !== "custom" && (
        <Text c="var(--mantine-color-error)" fz="xs">
          {error}
        </Text>
      )}
    </Stack>
  );
}

interface PartsProps<Kind extends Condition> {
  condition: Kind;
  stepKey: string;
  error?: string | undefined;
  onChange: (next: Condition) => void;
}

function Parts({ condition, ...rest }: PartsProps<Condition>) {
  const { t } = useTranslation("automation");
  switch (condition.kind) {
    case "contains":
      return (
        <>
          <Subject label={t("condition.text")} condition={condition} {...rest} />
          <TagsInput
            label={t("condition.words")}
            description={t("condition.wordsText")}
            value={condition.words}
            splitChars={[","]}
            acceptValueOnBlur
            onChange={(words) => rest.onChange({ ...condition, words })}
          />
          <Checkbox
            size="sm"
            label={t("condition.case")}
            checked={!condition.ignoreCase}
            onChange={(event) => rest.onChange({ ...condition, ignoreCase: !event.currentTarget.checked })}
          />
        </>
      );
    case "equals":
      return (
        <>
          <Subject label={t("condition.text")} condition={condition} {...rest} />
          <TextInput
            label={t("condition.equals")}
            value={condition.text}
            onChange={(event) => rest.onChange({ ...condition, text: event.currentTarget.value })}
          />
        </>
      );
    case "country":
      return <CountryParts condition={condition} {...rest} />;
    case "time":
      return (
        <>
          <Subject label={t("condition.time")} condition={condition} {...rest} />
          <Group gap="xs" grow>
            <TextInput
              type="time"
              step={1}
              label={t("condition.from")}
              value={condition.from}
              onChange={(event) => rest.onChange({ ...condition, from: event.currentTarget.value })}
            />
            <TextInput
              type="time"
              step={1}
              label={t("condition.to")}
              value={condition.to}
              onChange={(event) => rest.onChange({ ...condition, to: event.currentTarget.value })}
            />
          </Group>
          <ZoneField value={condition.zone} onChange={(zone) => rest.onChange({ ...condition, zone })} />
        </>
      );
    case "weekday":
      return (
        <>
          <Subject label={t("condition.time")} condition={condition} {...rest} />
          <Chip.Group
            multiple
            value={condition.days}
            onChange={(days) => rest.onChange({ ...condition, days: DAYS.filter((day) => days.includes(day)) })}
          >
            <fieldset className={classes.days} aria-label={t("condition.days")}>
              {DAYS.map((day) => (
                <Chip key={day} value={day} size="xs">
                  {t(`day.${day as "Monday"}`)}
                </Chip>
              ))}
            </fieldset>
          </Chip.Group>
          <ZoneField value={condition.zone} onChange={(zone) => rest.onChange({ ...condition, zone })} />
        </>
      );
    case "custom":
      return (
        <ScriptText
          bare
          label={t("condition.script")}
          description={t("condition.scriptText")}
          stepKey={rest.stepKey}
          value={condition.script}
          error={rest.error}
          minRows={2}
          onChange={(script) => rest.onChange({ kind: "custom", script })}
        />
      );
    default:
      return null;
  }
}

function Subject<Kind extends Contains | Equals | Country | Time | Weekday>({
  label,
  condition,
  stepKey,
  onChange,
}: PartsProps<Kind> & { label: string }) {
  return (
    <ScriptText
      bare
      label={label}
      stepKey={stepKey}
      value={condition.value}
      onChange={(value) => onChange({ ...condition, value: value.replace(/\n/g, "") })}
    />
  );
}

function CountryParts({ condition, ...rest }: PartsProps<Country>) {
  const { t, i18n } = useTranslation("automation");
  return (
    <>
      <Subject label={t("condition.phone")} condition={condition} {...rest} />
      <Select
        searchable
        label={t("condition.country")}
        data={COUNTRIES.map((code) => ({ value: code, label: `${countryName(code, i18n.language)} (${code})` }))}
        value={condition.country || null}
        onChange={(country) => rest.onChange({ ...condition, country: country ?? "" })}
      />
    </>
  );
}

export function ZoneField({ value, onChange }: { value: string; onChange: (zone: string) => void }) {
  const { t } = useTranslation("automation");
  const { accountId } = useMe();
  const zones = useQuery(timeZones(accountId)).data ?? [];
  const ids = [...new Set(["UTC", ...zones.map((each) => each.id)])];
  return <Autocomplete label={t("condition.zone")} data={ids} limit={50} value={value} onChange={onChange} />;
}
