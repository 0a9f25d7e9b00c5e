import { ActionIcon, Button, Checkbox, NumberInput, TagsInput, Text, TextInput } from "@mantine/core";
import { IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Settings } from "./data";
import classes from "./Settings.module.css";

type Label = Settings["labels"][number];

interface Props {
  labels: Label[];
  wrong: (field: string) => string | undefined;
  onChange: (labels: Label[]) => void;
}

const FRESH: Label = { name: "", colour: "#e8590c", words: [], onSlaBreach: false, fromTransfers: null };
const MOST = 50;

/** The labels in the order in which their rules are asked. */
export function Labels({ labels, wrong, onChange }: Props) {
  const { t } = useTranslation("settings");
  const set = (place: number, more: Partial<Label>) =>
    onChange(labels.map((each, index) => (index === place ? { ...each, ...more } : each)));
  const up = (place: number) => {
    const [moved] = labels.slice(place, place + 1);
    if (moved) onChange(labels.toSpliced(place, 1).toSpliced(place - 1, 0, moved));
  };
  return (
    <>
      {labels.length === 0 && (
        <Text c="dimmed" fz="sm">
          {t("labels.none")}
        </Text>
      )}
      {labels.map((label, place) => {
        const name = label.name || t("labels.nameless");
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a label has no id but its place
          <div key={place} className={classes.row}>
            <input
              type="color"
              className={classes.colour}
              aria-label={t("labels.colour", { name })}
              value={label.colour}
              onChange={(event) => set(place, { colour: event.currentTarget.value })}
            />
            <TextInput
              label={t("labels.name")}
              aria-label={t("labels.nameOf", { place: place + 1 })}
              required
              withAsterisk={false}
              maxLength={60}
              style={{ flex: "1 1 150px" }}
              value={label.name}
              error={wrong(`labels.${place}.name`)}
              onChange={(event) => set(place, { name: event.currentTarget.value })}
            />
            <TagsInput
              label={t("labels.words")}
              maxTags={50}
              style={{ flex: "3 1 240px" }}
              value={label.words}
              error={wrong(`labels.${place}.words`)}
              onChange={(words) => set(place, { words })}
            />
            <NumberInput
              label={t("labels.transfers")}
              min={1}
              max={100}
              allowDecimal={false}
              style={{ flex: "0 1 150px" }}
              value={label.fromTransfers ?? ""}
              onChange={(value) => set(place, { fromTransfers: value === "" ? null : Number(value) })}
            />
            <Checkbox
              label={t("labels.breach")}
              style={{ flex: "1 1 200px", alignSelf: "center" }}
              checked={label.onSlaBreach}
              onChange={(event) => set(place, { onSlaBreach: event.currentTarget.checked })}
            />
            <ActionIcon disabled={place === 0} aria-label={t("labels.up", { name })} onClick={() => up(place)}>
              <IconArrowUp size={16} stroke={1.6} />
            </ActionIcon>
            <ActionIcon aria-label={t("labels.remove", { name })} onClick={() => onChange(labels.toSpliced(place, 1))}>
              <IconTrash size={16} stroke={1.6} />
            </ActionIcon>
          </div>
        );
      })}
      {wrong("labels") && (
        <Text c="red" fz="sm" role="alert">
          {wrong("labels")}
        </Text>
      )}
      {labels.length < MOST && (
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} />}
          style={{ alignSelf: "flex-start" }}
          onClick={() => onChange([...labels, FRESH])}
        >
          {t("labels.add")}
        </Button>
      )}
    </>
  );
}
