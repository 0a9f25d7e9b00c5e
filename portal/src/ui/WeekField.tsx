import { Group, Select, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { DAYS, type Hours } from "./week";

interface Props {
  timeZone: string;
  week: Hours[];
  labels: { timeZone: string; from: (day: string) => string; until: (day: string) => string };
  onTimeZone: (timeZone: string) => void;
  onWeek: (week: Hours[]) => void;
}

/** When somebody is at work: a zone, and from when until when on each weekday. */
export function WeekField({ timeZone, week, labels, onTimeZone, onWeek }: Props) {
  const { i18n } = useTranslation();
  const day = (index: number) =>
    new Intl.DateTimeFormat(i18n.language, { weekday: "long" }).format(new Date(2026, 10, 23 + index));
  return (
    <>
      <Select
        label={labels.timeZone}
        searchable
        limit={40}
        value={timeZone}
        onChange={(zone) => zone && onTimeZone(zone)}
        data={["UTC", ...Intl.supportedValuesOf("timeZone").filter((each) => each !== "UTC")]}
      />
      {DAYS.map((index) => (
        <Group key={index} gap="xs" wrap="nowrap">
          <Text style={{ flex: 1 }} fz="sm">
            {day(index)}
          </Text>
          {(["opens", "closes"] as const).map((edge) => (
            <TextInput
              key={edge}
              type="time"
              size="xs"
              w={110}
              aria-label={edge === "opens" ? labels.from(day(index)) : labels.until(day(index))}
              value={week[index]?.[edge] ?? ""}
              onChange={(event) => {
                const value = event.currentTarget.value;
                onWeek(week.map((each, at) => (at === index ? { ...each, [edge]: value } : each)));
              }}
            />
          ))}
        </Group>
      ))}
    </>
  );
}
