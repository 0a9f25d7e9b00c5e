import { ActionIcon, Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCalendarTime, IconCopy, IconDots, IconTrash, IconX } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay } from "../../api/session";
import { Ask } from "../../ui/Ask";
import { done, failed } from "../../ui/toasts";
import { type Campaign, useClone, useDelete, useStep } from "./data";

/** What can be done with a campaign from the list. */
export function CampaignMenu({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation("campaigns");
  const navigate = useNavigate();
  const may = useMay();
  const clone = useClone(campaign.id);
  const remove = useDelete();
  const step = useStep(campaign.id);
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
          <Menu.Item
            leftSection={<IconCopy size={16} />}
            onClick={() =>
              clone.mutate(undefined, {
                onSuccess: (copy) => {
                  done(t("act.cloned"));
                  navigate({ to: "/campaigns/$campaignId/edit", params: { campaignId: copy.id } });
                },
                onError: failed,
              })
            }
          >
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
            <Menu.Item color="red" leftSection={<IconX size={16} />} onClick={cancel.open}>
              {t("act.cancel")}
            </Menu.Item>
          )}
          {campaign.state === "draft" && (
            <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={ask.open}>
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
      {cancelling && (
        <Ask
          title={t("act.cancelTitle", { name: campaign.name })}
          text={t("act.cancelText")}
          yes={t("act.cancel")}
          no={t("act.keep")}
          onClose={cancel.close}
          onYes={async () => {
            await step.mutateAsync("cancel");
            done(t("act.cancelled"));
          }}
        />
      )}
    </>
  );
}
