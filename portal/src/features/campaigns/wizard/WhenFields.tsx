import { Group, Radio, Select, Stack, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { zones } from "../../../ui/zones";
import { Choice } from "./Choice";
import type { Wanted, Wrong } from "./delivery";

export interface PartProps {
  wanted: Wanted;
  wrong: Wrong | undefined;
  onChange: (change: Partial<Wanted>) => void;
}

/** At once, or at a time on the clock of some place. */
export function WhenFields({ wanted, wrong, onChange }: PartProps) {
  const { t } = useTranslation("campaigns");
  return (
    <Stack gap="sm">
      <Radio.Group
        label={t("delivery.when")}
        value={wanted.when}
        onChange={(when) => onChange({ when: when as Wanted["when"] })}
      >
        <Stack gap="xs" mt={6}>
          <Choice value="now" label={t("delivery.now")} />
          <Choice value="later" label={t("delivery.later")} />
        </Stack>
      </Radio.Group>
      {wanted.when === "later" && (
        <Group align="flex-start">
          <TextInput
            type="datetime-local"
            label={t("delivery.date")}
            value={wanted.at}
            onChange={(event) => onChange({ at: event.currentTarget.value })}
            error={wrong === "past" ? t("delivery.past") : undefined}
          />
          <Select
            label={t("delivery.zone")}
            searchable
            allowDeselect={false}
            limit={60}
            w={240}
            value={wanted.zone}
            data={zones()}
            onChange={(zone) => zone && onChange({ zone })}
          />
        </Group>
      )}
    </Stack>
  );
}
