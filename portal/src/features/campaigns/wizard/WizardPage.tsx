import { Alert, Button, Skeleton, Stack } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ErrorState } from "../../../ui/ErrorState";
import { Page } from "../../../ui/Page";
import { type Campaign, campaign as campaignQuery, OPEN, usePatch } from "../data";
import type { StepName, WizardSearch } from "../search";
import { ChannelStep } from "./ChannelStep";
import { DeliveryStep } from "./DeliveryStep";
import { FieldsStep } from "./FieldsStep";
import { MessageStep } from "./MessageStep";
import { RecipientsStep } from "./RecipientsStep";
import { ReviewStep } from "./ReviewStep";
import { Steps } from "./Steps";
import { after, before, canOpen, firstOpen } from "./steps";

/** A draft, step by step. The address says which step, the server keeps what was chosen. */
export function WizardPage() {
  const { t } = useTranslation("campaigns");
  const { campaignId } = useParams({ from: "/campaigns/$campaignId/edit" });
  const found = useQuery(campaignQuery(campaignId));
  if (!found.data) {
    return (
      <Page title={t("wizard.title")} text={t("wizard.saved")} width={1000}>
        {found.error ? <ErrorState error={found.error} retry={() => found.refetch()} /> : <Skeleton h={240} />}
      </Page>
    );
  }
  return <Wizard campaign={found.data} />;
}

export interface StepProps {
  campaign: Campaign;
  onBack: () => void;
  onNext: () => void;
}

function Wizard({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation("campaigns");
  const search = useSearch({ from: "/campaigns/$campaignId/edit" });
  const navigate = useNavigate({ from: "/campaigns/$campaignId/edit" });
  const patch = usePatch(campaign.id);
  const step = search.step && canOpen(search.step, campaign) ? search.step : firstOpen(campaign);
  const go = (to: StepName | undefined, change: WizardSearch = {}) =>
    navigate({ to: ".", search: (old) => ({ ...old, ...change, step: to }) });
  const shared: StepProps = { campaign, onBack: () => go(before(step)), onNext: () => go(after(step)) };
  return (
    <Page title={campaign.name} text={t("wizard.saved")} width={1000}>
      {!OPEN.includes(campaign.state) ? (
        <Alert color="yellow" title={t("wizard.gone")}>
          <Button component={Link} to="/campaigns/$campaignId" params={{ campaignId: campaign.id } as never} mt="xs">
            {t("wizard.openReport")}
          </Button>
        </Alert>
      ) : (
        <Stack gap={0}>
          <Steps campaign={campaign} step={step} onStep={go} />
          {campaign.state === "draft" && campaign.stateReason && (
            <Alert color="yellow" mb="md" icon={<IconArrowBackUp size={18} />}>
              {t("wizard.sentBack", { reason: campaign.stateReason })}
            </Alert>
          )}
          {step === "channel" && (
            <ChannelStep
              campaign={campaign}
              saving={patch.isPending}
              onSave={async (channelId, name) => {
                if (channelId) await patch.mutateAsync({ channelId, ...(name && { name }) });
                shared.onNext();
              }}
            />
          )}
          {step === "recipients" && <RecipientsStep {...shared} />}
          {step === "fields" && <FieldsStep {...shared} key={campaign.recipients?.fileKey} />}
          {step === "message" && <MessageStep {...shared} />}
          {step === "delivery" && <DeliveryStep {...shared} search={search} onTime={(time) => go(after(step), time)} />}
          {step === "review" && <ReviewStep {...shared} search={search} onStep={go} />}
        </Stack>
      )}
    </Page>
  );
}
