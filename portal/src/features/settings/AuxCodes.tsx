import { ActionIcon, Button, Checkbox, Select, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Settings } from "./data";
import classes from "./Settings.module.css";

type AuxCode = Settings["auxCodes"][number];

interface Props {
  codes: AuxCode[];
  wrong: (field: string) => string | undefined;
  onChange: (codes: AuxCode[]) => void;
}

const FRESH: AuxCode = { name: "", presence: "away", paid: true, colour: "#888888" };
const MOST = 50;

/** Why somebody is away or busy: what stands in the menu of the header. */
export function AuxCodes({ codes, wrong, onChange }: Props) {
  const { t } = useTranslation("settings");
  const set = (place: number, more: Partial<AuxCode>) =>
    onChange(codes.map((each, index) => (index === place ? { ...each, ...more } : each)));
  return (
    <>
      {codes.map((code, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a reason has no id but its place
        <div key={place} className={classes.row}>
          <TextInput
            aria-label={t("codes.name", { place: place + 1 })}
            required
            maxLength={60}
            style={{ flex: "1 1 160px" }}
            value={code.name}
            error={wrong(`auxCodes.${place}.name`)}
            onChange={(event) => set(place, { name: event.currentTarget.value })}
          />
          <Select
            aria-label={t("codes.presence")}
            w={110}
            allowDeselect={false}
            value={code.presence}
            data={(["busy", "away"] as const).map((value) => ({ value, label: t(`codes.${value}`) }))}
            onChange={(value) => value && set(place, { presence: value as AuxCode["presence"] })}
          />
          <Checkbox
            label={t("codes.paid")}
            style={{ alignSelf: "center" }}
            checked={code.paid}
            onChange={(event) => set(place, { paid: event.currentTarget.checked })}
          />
          <ActionIcon
            style={{ alignSelf: "center" }}
            aria-label={t("codes.remove", { name: code.name || t("codes.nameless") })}
            onClick={() => onChange(codes.toSpliced(place, 1))}
          >
            <IconTrash size={16} stroke={1.6} />
          </ActionIcon>
        </div>
      ))}
      {codes.length < MOST && (
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} />}
          style={{ alignSelf: "flex-start" }}
          onClick={() => onChange([...codes, FRESH])}
        >
          {t("codes.add")}
        </Button>
      )}
    </>
  );
}
