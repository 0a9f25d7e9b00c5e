import { Alert, Group, Radio, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { IconDeviceMobileOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { whatsappNumbers } from "../../../api/channels";
import type { Schemas } from "../../../api/client";
import { EmptyState } from "../../../ui/EmptyState";
import { ErrorState } from "../../../ui/ErrorState";
import { Pill, type Tone } from "../../../ui/Pill";
import { failed } from "../../../ui/toasts";
import { useFormat } from "../../../ui/useFormat";
import type { Campaign } from "../data";
import { Choice } from "./Choice";
import { Frame } from "./Frame";

type Channel = Schemas["ChannelShape"];

interface Props {
  campaign?: Campaign;
  saving: boolean;
  onSave: (channelId: string, name: string) => Promise<void>;
}

/** A name, and which of our numbers it comes from. */
export function ChannelStep({ campaign, saving, onSave }: Props) {
  const { t } = useTranslation("campaigns");
  const found = useQuery(whatsappNumbers);
  const numbers = found.data?.items ?? [];
  const [chosen, setChosen] = useState(campaign?.channelId ?? "");
  const [name, setName] = useState(campaign?.name ?? "");
  const channelId = chosen || numbers[0]?.id || "";
  if (found.error) return <ErrorState error={found.error} retry={() => found.refetch()} />;
  if (found.isPending) return <Skeleton h={180} />;
  if (numbers.length === 0) {
    return <EmptyState icon={IconDeviceMobileOff} title={t("channel.none")} text={t("channel.noneText")} />;
  }
  const isSame = campaign?.channelId === channelId && campaign.name === name.trim();
  return (
    <Frame busy={saving} onNext={() => onSave(isSame ? "" : channelId, name.trim()).catch(failed)}>
      <Stack gap="lg" maw={560}>
        <TextInput
          label={t("channel.name")}
          description={t("channel.nameText")}
          placeholder={t("channel.namePlaceholder")}
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <Radio.Group label={t("channel.which")} value={channelId} onChange={setChosen}>
          <Stack gap="xs" mt={6}>
            {numbers.map((each) => (
              <Choice key={each.id} value={each.id} label={`${each.verifiedName} ${each.displayPhoneNumber}`}>
                <NumberHealth channel={each} />
              </Choice>
            ))}
          </Stack>
        </Radio.Group>
      </Stack>
    </Frame>
  );
}

const TONES: Record<string, Tone> = { GREEN: "good", YELLOW: "warn", RED: "bad" };

function NumberHealth({ channel }: { channel: Channel }) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const quality = (["GREEN", "YELLOW", "RED"] as const).find((each) => each === channel.quality) ?? "UNKNOWN";
  const tier = channel.tier.replace("TIER_", "");
  return (
    <div style={{ flex: 1 }}>
      <Group justify="space-between" gap="xs">
        <Text fw={600}>{channel.verifiedName || channel.name}</Text>
        <Pill tone={TONES[quality] ?? "neutral"}>{t(`channel.quality.${quality}`)}</Pill>
      </Group>
      <Text fz="sm" c="dimmed" className="tabular">
        {channel.displayPhoneNumber} · {tier === "UNLIMITED" ? t("channel.unlimited") : t("channel.tier", { tier })} ·{" "}
        {t("channel.speed", { n: format.number(channel.throughputMps) })}
      </Text>
      {channel.stopped && (
        <Alert color="red" mt="xs" title={t("channel.stopped")}>
          {channel.stopped}
        </Alert>
      )}
    </div>
  );
}
