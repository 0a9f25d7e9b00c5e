import {
  Button,
  Group,
  Modal,
  NumberInput,
  Select,
  Stack,
  TagsInput,
  Text,
  Textarea,
  TextInput,
  Title,
} from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/client";
import { countries } from "../../ui/countries";
import { done } from "../../ui/toasts";
import { WeekField } from "../../ui/WeekField";
import { shiftsOf, weekOf } from "../../ui/week";
import { whenDone } from "../../ui/whenDone";
import { type Channel, useChangeChannel } from "./data";

/** What a person may set of a number; the rest is Meta's to say. */
export function ChannelForm({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const { t, i18n } = useTranslation("channels");
  const change = useChangeChannel(channel.id);
  const [values, setValues] = useState(() => ({
    name: channel.name,
    defaultCountry: channel.defaultCountry,
    throughputMps: channel.throughputMps,
    reserveShare: channel.reserveShare,
    first: channel.first,
    optOutWords: channel.optOutWords,
    optInWords: channel.optInWords,
    optOutReply: channel.optOutReply,
    optInReply: channel.optInReply,
    awayMessage: channel.awayMessage,
    appId: channel.appId,
  }));
  const [timeZone, setTimeZone] = useState(channel.hours.timeZone);
  const [week, setWeek] = useState(() => weekOf(channel.hours.shifts));
  const set = (next: Partial<typeof values>) => setValues((old) => ({ ...old, ...next }));
  const problem = (field: string) => (change.error instanceof ApiError ? change.error.field(field) : undefined);
  const save = () =>
    whenDone(
      change.mutateAsync({
        ...values,
        appId: values.appId || null,
        hours: { ...channel.hours, timeZone, shifts: shiftsOf(week, channel.hours.shifts) },
      }),
      (saved) => {
        done(t("form.saved", { name: saved.name }));
        onClose();
      },
    );
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t("form.title", { name: channel.name })}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t("form.name")}
            maxLength={100}
            value={values.name}
            error={problem("name")}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <Group grow align="flex-start">
            <NumberInput
              label={t("form.speed")}
              min={1}
              max={1000}
              value={values.throughputMps}
              error={problem("throughputMps")}
              onChange={(value) => set({ throughputMps: Number(value) || 1 })}
            />
            <NumberInput
              label={t("form.reserve")}
              min={0}
              max={90}
              value={Math.round(values.reserveShare * 100)}
              error={problem("reserveShare")}
              onChange={(value) => set({ reserveShare: Number(value) / 100 })}
            />
          </Group>
          <Group grow align="flex-start">
            <Select
              label={t("form.country")}
              searchable
              clearable
              value={values.defaultCountry || null}
              data={countries(i18n.language)}
              onChange={(value) => set({ defaultCountry: value ?? "" })}
            />
            <Select
              label={t("form.first")}
              allowDeselect={false}
              value={values.first}
              data={[
                { value: "workflow", label: t("form.workflow") },
                { value: "agent", label: t("form.agent") },
              ]}
              onChange={(value) => value && set({ first: value as Channel["first"] })}
            />
          </Group>
          <TagsInput
            label={t("form.optOutWords")}
            value={values.optOutWords}
            error={problem("optOutWords")}
            onChange={(optOutWords) => set({ optOutWords })}
          />
          <Textarea
            label={t("form.optOutReply")}
            autosize
            maxLength={1024}
            value={values.optOutReply}
            onChange={(event) => set({ optOutReply: event.currentTarget.value })}
          />
          <TagsInput
            label={t("form.optInWords")}
            value={values.optInWords}
            error={problem("optInWords")}
            onChange={(optInWords) => set({ optInWords })}
          />
          <Textarea
            label={t("form.optInReply")}
            autosize
            maxLength={1024}
            value={values.optInReply}
            onChange={(event) => set({ optInReply: event.currentTarget.value })}
          />
          <Title order={3}>{t("form.hours")}</Title>
          <Text c="dimmed" fz="sm" mt={-8}>
            {t("form.hoursText")}
          </Text>
          <WeekField
            timeZone={timeZone}
            week={week}
            labels={{
              timeZone: t("form.timeZone"),
              from: (day) => t("form.from", { day }),
              until: (day) => t("form.until", { day }),
            }}
            onTimeZone={setTimeZone}
            onWeek={setWeek}
          />
          <Textarea
            label={t("form.awayMessage")}
            description={t("form.awayText")}
            autosize
            minRows={2}
            maxLength={1024}
            value={values.awayMessage}
            error={problem("awayMessage")}
            onChange={(event) => set({ awayMessage: event.currentTarget.value })}
          />
          <TextInput
            label={t("form.appId")}
            description={t("form.appIdText")}
            inputMode="numeric"
            value={values.appId}
            error={problem("appId")}
            onChange={(event) => set({ appId: event.currentTarget.value })}
          />
          <Group justify="flex-end">
            <Button type="submit" loading={change.isPending} disabled={!values.name.trim()}>
              {t("form.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
