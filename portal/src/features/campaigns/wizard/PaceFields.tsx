import { Group, NumberInput, Radio, Select, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { whatsappNumbers } from "../../../api/channels";
import { useFormat } from "../../../ui/useFormat";
import { Choice } from "./Choice";
import { UNITS, type Unit, type Wanted } from "./delivery";
import type { PartProps } from "./WhenFields";

/** As fast as the number can, or slower. */
export function PaceFields({ channelId, wanted, onChange }: Omit<PartProps, "wrong"> & { channelId: string }) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const numbers = useQuery(whatsappNumbers);
  const channel = numbers.data?.items.find((each) => each.id === channelId);
  return (
    <Stack gap="sm">
      <Radio.Group
        label={t("delivery.pace")}
        value={wanted.speed}
        onChange={(speed) => onChange({ speed: speed as Wanted["speed"] })}
      >
        <Stack gap="xs" mt={6}>
          <Choice
            value="full"
            label={t("delivery.full")}
            text={channel && t("delivery.fullText", { n: format.number(channel.throughputMps) })}
          />
          <Choice value="limited" label={t("delivery.limited")} />
        </Stack>
      </Radio.Group>
      {wanted.speed === "limited" && (
        <Group align="flex-start">
          <NumberInput
            label={t("delivery.messages")}
            min={1}
            max={1_000_000}
            allowDecimal={false}
            w={140}
            value={wanted.messages}
            onChange={(messages) => onChange({ messages })}
          />
          <Select
            label={t("delivery.per")}
            allowDeselect={false}
            w={140}
            value={wanted.per}
            data={UNITS.map((unit) => ({ value: unit, label: t(`delivery.units.${unit}`) }))}
            onChange={(per) => per && onChange({ per: per as Unit })}
          />
        </Group>
      )}
    </Stack>
  );
}
