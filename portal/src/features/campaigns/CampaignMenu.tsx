import { ActionIcon, Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCalendarTime, IconCopy, IconDots, IconTrash, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay } from "../../api/session";
import { Ask } from "../../ui/Ask";
import { done } from "../../ui/toasts";
import { CancelDialog, useCopy } from "./acts";
import { type Campaign, useDelete } from "./data";

/** What can be done with a campaign from the list. */
export function CampaignMenu({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation("campaigns");
  const may = useMay();
  const copying = useCopy(campaign);
  const remove = useDelete();
  const [asking, ask] = useDisclosure();
  const [cancelling, cancel] = useDisclosure();
  const isPlanned = ["scheduled", "too_late", "needs_approval"].includes(campaign.state);
  if (!may("campaigns:write")) return null;
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon aria-label={t("action.moreOf", { name: campaign.name })}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconCopy size={16} />} onClick={copying.copy}>
            {t("act.clone")}
          </Menu.Item>
          {isPlanned && (
            <Menu.Item
              component={Link}
              to="/campaigns/$campaignId/edit"
              params={{ campaignId: campaign.id } as never}
              search={{ step: "delivery" } as never}
              leftSection={<IconCalendarTime size={16} />}
            >
              {t("act.unschedule")}
            </Menu.Item>
          )}
          {isPlanned && may("campaigns:send") && (
            <Menu.Item
              color="red"
              c="var(--mantine-color-error)"
              leftSection={<IconX size={16} />}
              onClick={cancel.open}
            >
              {t("act.cancel")}
            </Menu.Item>
          )}
          {campaign.state === "draft" && (
            <Menu.Item
              color="red"
              c="var(--mantine-color-error)"
              leftSection={<IconTrash size={16} />}
              onClick={ask.open}
            >
              {t("act.delete")}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {asking && (
        <Ask
          title={t("act.deleteTitle", { name: campaign.name })}
          text={t("act.deleteText")}
          yes={t("act.delete")}
          onClose={ask.close}
          onYes={async () => {
            await remove.mutateAsync(campaign.id);
            done(t("act.deleted", { name: campaign.name }));
          }}
        />
      )}
      {cancelling && <CancelDialog campaign={campaign} onClose={cancel.close} />}
    </>
  );
}
