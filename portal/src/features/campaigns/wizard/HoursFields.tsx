import { Checkbox, Group, Radio, Select, Stack, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { zones } from "../../../ui/zones";
import { Choice } from "./Choice";
import { type Wanted, WEEK } from "./delivery";
import type { PartProps } from "./WhenFields";

/** Only between two hours of the recipient's own day, on some days of their week. */
export function HoursFields({ wanted, wrong, onChange }: PartProps) {
  const { t, i18n } = useTranslation("campaigns");
  const monday = new Date(2026, 10, 23);
  const day = new Intl.DateTimeFormat(i18n.language, { weekday: "long" });
  return (
    <Stack gap="sm">
      <Radio.Group
        label={t("delivery.hours")}
        value={wanted.hours}
        onChange={(hours) => onChange({ hours: hours as Wanted["hours"] })}
      >
        <Stack gap="xs" mt={6}>
          <Choice value="any" label={t("delivery.anyHour")} />
          <Choice value="some" label={t("delivery.someHours")} text={t("delivery.someHoursText")} />
        </Stack>
      </Radio.Group>
      {wanted.hours === "some" && (
        <>
          <Group align="flex-start">
            <TextInput
              type="time"
              w={140}
              label={t("delivery.from")}
              value={wanted.start}
              onChange={(event) => onChange({ start: event.currentTarget.value })}
            />
            <TextInput
              type="time"
              w={140}
              label={t("delivery.until")}
              value={wanted.end}
              error={wrong === "hours" ? t("delivery.tooShort") : undefined}
              onChange={(event) => onChange({ end: event.currentTarget.value })}
            />
            <Select
              label={t("delivery.hoursZone")}
              description={t("delivery.hoursZoneText")}
              inputWrapperOrder={["label", "input", "description", "error"]}
              searchable
              allowDeselect={false}
              limit={60}
              w={260}
              value={wanted.hoursZone}
              data={zones()}
              onChange={(hoursZone) => hoursZone && onChange({ hoursZone })}
            />
          </Group>
          <Checkbox.Group
            label={t("delivery.days")}
            error={wrong === "days" ? t("delivery.noDay") : undefined}
            value={wanted.days.map(String)}
            onChange={(days) => onChange({ days: days.map(Number) })}
          >
            <Group gap="md" mt={6}>
              {WEEK.map((each) => (
                <Checkbox
                  key={each}
                  value={String(each)}
                  label={day.format(new Date(monday.getTime() + (each - 1) * 86_400_000))}
                />
              ))}
            </Group>
          </Checkbox.Group>
        </>
      )}
    </Stack>
  );
}
