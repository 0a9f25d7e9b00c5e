import { Stack, Text } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useIsHere, whenDone } from "../../../ui/whenDone";
import { ownZone } from "../../../ui/zones";
import { usePatch } from "../data";
import { CapFields } from "./CapFields";
import { changeOf, type Wanted, wantedOf, wrongWith } from "./delivery";
import { Frame } from "./Frame";
import { HoursFields } from "./HoursFields";
import { PaceFields } from "./PaceFields";
import { WhenFields } from "./WhenFields";
import type { StepProps } from "./WizardPage";

/** When it goes out, in which hours, how fast, and how often one person hears from us. Saved as one goes. */
export function DeliveryStep({ campaign, onBack, onNext }: StepProps) {
  const { t } = useTranslation("campaigns");
  const patch = usePatch(campaign.id);
  const isHere = useIsHere();
  const [wanted, setWanted] = useState(() => wantedOf(campaign, ownZone));
  const wrong = wrongWith(wanted, Date.now());
  const change = changeOf(campaign, wanted);
  const save = useDebouncedCallback(
    (latest: Wanted) => {
      const news = wrongWith(latest, Date.now()) ? undefined : changeOf(campaign, latest);
      if (news) whenDone(patch.mutateAsync(news));
    },
    { delay: 600, flushOnUnmount: true },
  );
  const next = () => {
    save.cancel();
    if (change) whenDone(patch.mutateAsync(change), () => isHere() && onNext());
    else onNext();
  };
  const part = {
    wanted,
    wrong,
    onChange: (news: Partial<Wanted>) => {
      setWanted({ ...wanted, ...news });
      save({ ...wanted, ...news });
    },
  };
  return (
    <Frame onBack={onBack} onNext={wrong ? undefined : next} busy={patch.isPending}>
      <Stack gap="lg" maw={720}>
        <WhenFields {...part} />
        <HoursFields {...part} />
        <PaceFields {...part} channelId={campaign.channelId} />
        <CapFields subaccountId={campaign.subaccountId} />
        <Text c="dimmed" fz="sm" role="status">
          {wrong ? t(`delivery.wrong.${wrong}`) : change ? t("message.saving") : t("message.kept")}
        </Text>
      </Stack>
    </Frame>
  );
}
