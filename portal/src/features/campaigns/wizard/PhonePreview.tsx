import { ActionIcon, Alert, Group, Text } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconUserOff } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { whatsappNumbers } from "../../../api/channels";
import { ErrorState } from "../../../ui/ErrorState";
import { Phone } from "../../../ui/Phone";
import { TemplatePreview } from "../../../ui/TemplatePreview";
import { shown, type Template } from "../../../ui/templates";
import { useFormat } from "../../../ui/useFormat";
import { type Campaign, preview, type Slot } from "../data";
import { examplesOf, shownFor } from "./shown";

interface Props {
  campaign: Campaign;
  template: Template | undefined;
  slots: Slot[];
  /** The server knows the message and can fill it for real people. */
  isKept: boolean;
}

/** The phone of one recipient after the other, with exactly what they would get. */
export function PhonePreview({ campaign, template, slots, isKept }: Props) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const [row, setRow] = useState(0);
  const total = campaign.recipients?.summary?.total ?? 0;
  const numbers = useQuery(whatsappNumbers);
  const found = useQuery({
    ...preview(campaign, row),
    enabled: isKept && total > 0,
    placeholderData: keepPreviousData,
  });
  const from = numbers.data?.items.find((each) => each.id === campaign.channelId);
  const real = isKept ? found.data : undefined;
  return (
    <div>
      <Group justify="space-between" mb={8} h={28} wrap="nowrap">
        <Text fz="sm" fw={600} truncate>
          {real ? real.to : t("phone.title")}
        </Text>
        {isKept && total > 0 && (
          <Group gap={4} wrap="nowrap">
            <ActionIcon
              size="sm"
              aria-label={t("phone.previous")}
              disabled={row === 0}
              onClick={() => setRow((old) => old - 1)}
            >
              <IconChevronLeft size={16} />
            </ActionIcon>
            <Text fz="xs" c="dimmed" className="tabular" style={{ whiteSpace: "nowrap" }}>
              {t("phone.person", { row: format.number(row + 1), all: format.number(total) })}
            </Text>
            <ActionIcon
              size="sm"
              aria-label={t("phone.next")}
              disabled={row + 1 >= total}
              onClick={() => setRow((old) => old + 1)}
            >
              <IconChevronRight size={16} />
            </ActionIcon>
          </Group>
        )}
      </Group>
      <Phone from={from?.verifiedName || from?.name || "WhatsApp"} label={t("phone.title")}>
        {found.error ? (
          <ErrorState error={found.error} retry={() => found.refetch()} />
        ) : real?.reason ? (
          <Alert color="yellow" icon={<IconUserOff size={18} />} title={t("phone.skipped")}>
            {real.explanation}
          </Alert>
        ) : real ? (
          <TemplatePreview shown={shownFor(template, real.texts)} />
        ) : (
          template && (
            <>
              <TemplatePreview shown={shown(template, examplesOf(slots))} />
              <Text fz="xs" c="dimmed" mt="xs">
                {t("phone.example")}
              </Text>
            </>
          )
        )}
      </Phone>
    </div>
  );
}
