import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Page } from "../../../ui/Page";
import { useCreate } from "../data";
import { ChannelStep } from "./ChannelStep";
import { Steps } from "./Steps";

/** The first step; the draft begins when it is left. */
export function NewCampaignPage() {
  const { t } = useTranslation("campaigns");
  const navigate = useNavigate();
  const create = useCreate();
  return (
    <Page title={t("wizard.title")} text={t("wizard.saved")} width={1000}>
      <Steps campaign={undefined} step="channel" onStep={() => undefined} />
      <ChannelStep
        saving={create.isPending}
        onSave={async (channelId, name) => {
          const made = await create.mutateAsync({ channelId, name });
          navigate({
            to: "/campaigns/$campaignId/edit",
            params: { campaignId: made.id },
            search: { step: "recipients" },
          });
        }}
      />
    </Page>
  );
}
