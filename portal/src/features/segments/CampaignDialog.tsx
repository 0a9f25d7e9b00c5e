import { Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { whatsappNumbers } from "../../api/channels";
import { useIsHere, whenDone } from "../../ui/whenDone";
import { type Segment, useCampaign } from "./data";

/** Begins a campaign to whoever fits; the wizard goes on from there. */
export function CampaignDialog({ segment, onClose }: { segment: Segment; onClose: () => void }) {
  const { t } = useTranslation("segments");
  const navigate = useNavigate();
  const numbers = useQuery(whatsappNumbers);
  const items = numbers.data?.items ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const [name, setName] = useState(segment.name);
  const make = useCampaign(segment.id);
  const isHere = useIsHere();
  const channelId = chosen ?? items[0]?.id;
  const start = () => {
    if (!channelId) return;
    whenDone(
      make.mutateAsync({ name: name.trim(), channelId }),
      (made) =>
        isHere() &&
        navigate({
          to: "/campaigns/$campaignId/edit",
          params: { campaignId: made.id },
          search: { step: "fields" },
        }),
    );
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("use.title", { name: segment.name })}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
      >
        <Stack gap="sm">
          <Text c="dimmed" fz="sm">
            {t("use.text")}
          </Text>
          <TextInput
            label={t("use.name")}
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            label={t("use.channel")}
            allowDeselect={false}
            error={numbers.error?.message}
            value={channelId ?? null}
            onChange={setChosen}
            data={items.map((each) => ({
              value: each.id,
              label: `${each.verifiedName || each.name} ${each.displayPhoneNumber}`,
            }))}
          />
          <Group justify="flex-end">
            <Button type="submit" disabled={!channelId || !name.trim()} loading={make.isPending}>
              {t("use.start")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
