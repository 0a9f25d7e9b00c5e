import { Group, NumberInput, Radio, Select, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { whatsappNumbers } from "../../../api/channels";
import { failed } from "../../../ui/toasts";
import { useFormat } from "../../../ui/useFormat";
import { momentOf, ownZone, zones } from "../../../ui/zones";
import { usePatch } from "../data";
import type { WizardSearch } from "../search";
import { Choice } from "./Choice";
import { Frame } from "./Frame";
import type { StepProps } from "./WizardPage";

const UNITS = ["minute", "hour", "day"] as const;
type Unit = (typeof UNITS)[number];

interface Props extends StepProps {
  search: WizardSearch;
  onTime: (time: Pick<WizardSearch, "at" | "zone">) => void;
}

/** When it goes out and how fast. */
export function DeliveryStep({ campaign, search, onBack, onTime }: Props) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const patch = usePatch(campaign.id);
  const numbers = useQuery(whatsappNumbers);
  const channel = numbers.data?.items.find((each) => each.id === campaign.channelId);
  const [when, setWhen] = useState(search.at ? "later" : "now");
  const [at, setAt] = useState(search.at ?? "");
  const [zone, setZone] = useState(search.zone ?? ownZone);
  const [speed, setSpeed] = useState(campaign.pace ? "limited" : "full");
  const [messages, setMessages] = useState<number | string>(campaign.pace?.messages ?? 100);
  const [per, setPer] = useState<Unit>(campaign.pace?.per ?? "minute");
  const isPast = when === "later" && at !== "" && momentOf(at, zone).getTime() <= Date.now();
  const isReady = (when === "now" || (at !== "" && !isPast)) && (speed === "full" || Number(messages) >= 1);
  const next = async () => {
    const pace = speed === "full" ? null : { messages: Number(messages), per };
    try {
      if (JSON.stringify(pace) !== JSON.stringify(campaign.pace ?? null)) await patch.mutateAsync({ pace });
      onTime(when === "now" ? { at: undefined, zone: undefined } : { at, zone });
    } catch (error) {
      failed(error);
    }
  };
  return (
    <Frame onBack={onBack} onNext={isReady ? next : undefined} busy={patch.isPending}>
      <Stack gap="lg" maw={640}>
        <Radio.Group label={t("delivery.when")} value={when} onChange={setWhen}>
          <Stack gap="xs" mt={6}>
            <Choice value="now" label={t("delivery.now")} />
            <Choice value="later" label={t("delivery.later")} />
          </Stack>
        </Radio.Group>
        {when === "later" && (
          <Group align="flex-start">
            <TextInput
              type="datetime-local"
              label={t("delivery.date")}
              value={at}
              onChange={(event) => setAt(event.currentTarget.value)}
              error={isPast ? t("delivery.past") : undefined}
            />
            <Select
              label={t("delivery.zone")}
              searchable
              allowDeselect={false}
              limit={60}
              w={240}
              value={zone}
              data={zones()}
              onChange={(next) => next && setZone(next)}
            />
          </Group>
        )}
        <Radio.Group label={t("delivery.pace")} value={speed} onChange={setSpeed}>
          <Stack gap="xs" mt={6}>
            <Choice
              value="full"
              label={t("delivery.full")}
              text={channel && t("delivery.fullText", { n: format.number(channel.throughputMps) })}
            />
            <Choice value="limited" label={t("delivery.limited")} />
          </Stack>
        </Radio.Group>
        {speed === "limited" && (
          <Group align="flex-start">
            <NumberInput
              label={t("delivery.messages")}
              min={1}
              max={1_000_000}
              allowDecimal={false}
              w={140}
              value={messages}
              onChange={setMessages}
            />
            <Select
              label={t("delivery.per")}
              allowDeselect={false}
              w={140}
              value={per}
              data={UNITS.map((unit) => ({ value: unit, label: t(`delivery.units.${unit}`) }))}
              onChange={(next) => next && setPer(next as Unit)}
            />
          </Group>
        )}
      </Stack>
    </Frame>
  );
}
