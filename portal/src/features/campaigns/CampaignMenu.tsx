import { ActionIcon, Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCopy, IconDots, IconTrash } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay } from "../../api/session";
import { Ask } from "../../ui/Ask";
import { done, failed } from "../../ui/toasts";
import { type Campaign, useClone, useDelete } from "./data";

/** What can be done with a campaign from the list. */
export function CampaignMenu({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation("campaigns");
  const navigate = useNavigate();
  const may = useMay();
  const clone = useClone(campaign.id);
  const remove = useDelete();
  const [asking, ask] = useDisclosure();
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
    </>
  );
}
