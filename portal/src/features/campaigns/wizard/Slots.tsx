import { Select, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Slot } from "../data";
import { type Binding, type Bindings, nameOf } from "./bindings";
import { FILES, isUploaded, MediaSlot } from "./MediaSlot";
import classes from "./Wizard.module.css";

const FIXED = "\u0000fixed";
const UPLOADED = "\u0000uploaded";

interface Props {
  slots: Slot[];
  fields: string[];
  bindings: Bindings;
  problems: Record<string, string>;
  onChange: (bindings: Bindings) => void;
}

/** Each place of the template, and the field or the words that go there. */
export function Slots({ slots, fields, bindings, problems, onChange }: Props) {
  const { t } = useTranslation("campaigns");
  if (slots.length === 0) return <Text c="dimmed">{t("message.nothingToFill")}</Text>;
  return (
    <Stack gap="sm">
      {slots.map((slot) => (
        <OneSlot
          key={slot.id}
          slot={slot}
          fields={fields}
          binding={bindings[slot.id]}
          problem={problems[slot.id]}
          onChange={(binding) => onChange({ ...bindings, [slot.id]: binding })}
        />
      ))}
    </Stack>
  );
}

interface OneProps {
  slot: Slot;
  fields: string[];
  binding: Binding | undefined;
  problem: string | undefined;
  onChange: (binding: Binding) => void;
}

function OneSlot({ slot, fields, binding, problem, onChange }: OneProps) {
  const { t } = useTranslation("campaigns");
  const place = usePlace(slot);
  const isText = slot.kind === "text" || slot.kind === "code";
  const isField = binding ? "field" in binding : isText && fields.length > 0;
  const files = FILES[slot.kind];
  const fixed = binding && "value" in binding ? binding.value : "";
  const [uploads, setUploads] = useState(isUploaded(fixed));
  const source = isField ? (binding && "field" in binding ? binding.field : null) : files && uploads ? UPLOADED : FIXED;
  const example = slot.example ? t("message.example", { example: slot.example }) : hint(slot, t);
  return (
    <div className={classes.slot}>
      <Select
        label={t("message.whereFrom", { place })}
        description={slot.required ? undefined : t("message.optional")}
        allowDeselect={false}
        searchable={fields.length > 8}
        value={source}
        data={[
          ...fields.map((field) => ({ value: field, label: field })),
          ...(files ? [{ value: UPLOADED, label: t("message.uploaded") }] : []),
          { value: FIXED, label: t(files ? "message.address" : "message.fixed") },
        ]}
        onChange={(value) => {
          if (!value) return;
          setUploads(value === UPLOADED);
          onChange(
            value === FIXED || value === UPLOADED ? { value: "" } : { field: value, default: defaultOf(binding) },
          );
        }}
        error={problem}
      />
      {isField ? (
        <TextInput
          label={t("message.ifEmpty", { place })}
          placeholder={t("message.ifEmptyHint")}
          maxLength={slot.maxLength}
          disabled={!binding}
          value={defaultOf(binding)}
          onChange={(event) => {
            if (binding && "field" in binding) onChange({ ...binding, default: event.currentTarget.value });
          }}
        />
      ) : source === UPLOADED ? (
        <MediaSlot
          label={t("message.file", { place })}
          accept={files ?? ""}
          value={fixed}
          onChange={(value) => onChange({ value })}
        />
      ) : (
        <TextInput
          label={t(files ? "message.addressOf" : "message.value", { place })}
          placeholder={example}
          maxLength={slot.maxLength}
          value={fixed}
          onChange={(event) => onChange({ value: event.currentTarget.value })}
        />
      )}
    </div>
  );
}

function defaultOf(binding: Binding | undefined): string {
  return binding && "field" in binding ? binding.default : "";
}

/** What a person calls a place: “Text {{1}}”, “Picture”. */
export function usePlace(slot: Slot): string {
  const { t } = useTranslation("campaigns");
  const card = /^card\.(\d+)\./.exec(slot.id)?.[1];
  const inCard = card === undefined ? "" : `${t("message.places.card", { name: Number(card) + 1 })} · `;
  if (slot.kind === "text") {
    const part = slot.id.includes("header.") ? "header" : "body";
    return inCard + t(`message.places.${part}`, { name: `{{${nameOf(slot)}}}` });
  }
  return inCard + t(`message.places.${slot.kind}`, { name: slot.text });
}

const HINTS = ["image", "video", "document", "location", "url_suffix", "expiration"] as const;

function hint(slot: Slot, t: (key: `message.hints.${(typeof HINTS)[number]}`) => string): string {
  const known = HINTS.find((each) => each === slot.kind);
  return known ? t(`message.hints.${known}`) : "";
}
