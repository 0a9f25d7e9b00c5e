import { ActionIcon, Button, Group, NumberInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Json, JsonObject } from "../model/document";
import { parse, UNITS, type Unit, write } from "../model/durations";
import { JsonField } from "./JsonField";
import { ScriptText } from "./ScriptText";

export function textOf(value: Json | undefined): string {
  return value == null ? "" : typeof value === "string" ? value : JSON.stringify(value);
}

/** A duration as a number and a unit; one that is a script stays one. */
export function DurationField({
  label,
  description,
  value,
  error,
  stepKey,
  onChange,
}: {
  label: string;
  description?: string;
  value: string;
  error?: string | undefined;
  stepKey: string;
  onChange: (value: string) => void;
}) {
  const { t } = useTranslation("automation");
  const [kept, setUnit] = useState<Unit>();
  const found = parse(value);
  if (value && !found)
    return (
      <ScriptText
        label={label}
        description={description}
        value={value}
        error={error}
        stepKey={stepKey}
        onChange={onChange}
      />
    );
  const whole = found ?? { amount: 0, unit: "minutes" as const };
  // 60 minutes stay minutes for who chose minutes.
  const unit = kept ?? whole.unit;
  const amount = kept ? inUnit(whole.amount, whole.unit, kept) : whole.amount;
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <NumberInput
        label={label}
        description={description}
        style={{ flex: 1 }}
        min={0}
        allowDecimal={false}
        value={amount}
        error={error}
        onChange={(next) => onChange(write({ amount: Number(next) || 0, unit }))}
      />
      <Select
        aria-label={t("field.unit", { label })}
        w={116}
        allowDeselect={false}
        data={UNITS.map((each) => ({ value: each, label: t(`unit.${each}`) }))}
        value={unit}
        onChange={(next) => {
          setUnit(next as Unit);
          onChange(write({ amount, unit: next as Unit }));
        }}
      />
    </Group>
  );
}

function inUnit(amount: number, from: Unit, to: Unit): number {
  const seconds = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };
  const exact = (amount * seconds[from]) / seconds[to];
  return Number.isInteger(exact) ? exact : Math.max(1, Math.round(exact));
}

/** Names and their values, in a list one can add to. */
export function PairsField({
  label,
  description,
  value,
  stepKey,
  nameLabel,
  valueLabel,
  add,
  error,
  onChange,
}: {
  label: string;
  description?: ReactNode;
  value: JsonObject;
  stepKey: string;
  nameLabel: string;
  valueLabel: string;
  add: string;
  error?: string | undefined;
  onChange: (value: JsonObject) => void;
}) {
  const { t } = useTranslation("automation");
  const entries = Object.entries(value);
  const change = (index: number, name: string, next: Json) =>
    onChange(Object.fromEntries(entries.map((each, at) => (at === index ? [name, next] : each))));
  const fresh = () => {
    let number = entries.length + 1;
    while (`name_${number}` in value) number += 1;
    onChange({ ...value, [`name_${number}`]: "" });
  };
  return (
    <Stack gap={6} role="group" aria-label={label}>
      <div>
        <Text fz="sm" fw={500}>
          {label}
        </Text>
        {description && (
          <Text fz="xs" c="dimmed">
            {description}
          </Text>
        )}
      </div>
      {entries.map(([name, each], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a name changes while it is typed
        <Group key={index} gap={6} align="flex-start" wrap="nowrap">
          <TextInput
            aria-label={t("field.nth", { label: nameLabel, number: index + 1 })}
            placeholder={nameLabel}
            w={112}
            value={name}
            onChange={(event) => {
              const next = event.currentTarget.value;
              if (next === name || !(next in value)) change(index, next, each);
            }}
          />
          {typeof each === "string" || each === null ? (
            <ScriptText
              aria-label={t("field.nth", { label: valueLabel, number: index + 1 })}
              placeholder={valueLabel}
              style={{ flex: 1 }}
              stepKey={stepKey}
              value={textOf(each)}
              onChange={(next) => change(index, name, next)}
            />
          ) : (
            <div style={{ flex: 1 }}>
              <JsonField
                label={t("field.nth", { label: valueLabel, number: index + 1 })}
                hiddenLabel
                value={each}
                onChange={(next) => change(index, name, next)}
              />
            </div>
          )}
          <ActionIcon
            mt={4}
            aria-label={t("field.remove", { name: name || String(index + 1) })}
            onClick={() => onChange(Object.fromEntries(entries.filter((_, at) => at !== index)))}
          >
            <IconTrash size={16} stroke={1.6} />
          </ActionIcon>
        </Group>
      ))}
      {error && (
        <Text c="var(--mantine-color-error)" fz="xs">
          {error}
        </Text>
      )}
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconPlus size={14} />}
        onClick={fresh}
        style={{ alignSelf: "start" }}
      >
        {add}
      </Button>
    </Stack>
  );
}
