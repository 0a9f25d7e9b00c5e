import { Alert, Button, Skeleton, Stack } from "@mantine/core";
import { IconArrowBackUp, IconCalendarTime } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "../../../ui/ErrorState";
import { Page } from "../../../ui/Page";
import { type Campaign, campaign as campaignQuery, OPEN, usePatch } from "../data";
import type { StepName } from "../search";
import { ChannelStep } from "./ChannelStep";
import { DeliveryStep } from "./DeliveryStep";
import { FieldsStep } from "./FieldsStep";
import { MessageStep } from "./MessageStep";
import { RecipientsStep } from "./RecipientsStep";
import { ReviewStep } from "./ReviewStep";
import { Steps } from "./Steps";
import { after, before, canOpen, firstOpen } from "./steps";
import classes from "./Wizard.module.css";

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

/** What a campaign that is changed here may be besides a draft. */
type StillPlanned = "scheduled" | "needs_approval" | "too_late";

function Wizard({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation("campaigns");
  const search = useSearch({ from: "/campaigns/$campaignId/edit" });
  const navigate = useNavigate({ from: "/campaigns/$campaignId/edit" });
  const patch = usePatch(campaign.id);
  const here = useRef<HTMLElement>(null);
  const step = search.step && canOpen(search.step, campaign) ? search.step : firstOpen(campaign);
  const go = (to: StepName | undefined) => navigate({ to: ".", search: { step: to } });
  const seen = useRef(step);
  // Who walks by keyboard goes on at the beginning of the step, not where the last one's button was.
  useEffect(() => {
    if (seen.current !== step) here.current?.focus();
    seen.current = step;
  }, [step]);
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
          {campaign.state !== "draft" && (
            <Alert mb="md" icon={<IconCalendarTime size={18} />}>
              {t(`wizard.still.${campaign.state as StillPlanned}`)}
            </Alert>
          )}
          {campaign.state === "draft" && campaign.stateReason && (
            <Alert color="yellow" mb="md" icon={<IconArrowBackUp size={18} />}>
              {t("wizard.sentBack", { reason: campaign.stateReason })}
            </Alert>
          )}
          <section ref={here} tabIndex={-1} className={classes.here} aria-label={t(`wizard.steps.${step}`)}>
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
            {step === "delivery" && <DeliveryStep {...shared} />}
            {step === "review" && <ReviewStep {...shared} onStep={go} />}
          </section>
        </Stack>
      )}
    </Page>
  );
}
