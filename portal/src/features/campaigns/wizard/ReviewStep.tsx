import { Alert, Anchor, Button, Stack, Text } from "@mantine/core";
import { IconCalendarTime, IconSend, IconUserCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { whatsappNumbers } from "../../../api/channels";
import { ApiError } from "../../../api/client";
import { useMay } from "../../../api/session";
import { done } from "../../../ui/toasts";
import { useFormat } from "../../../ui/useFormat";
import layout from "../../../ui/WithAside.module.css";
import { useIsHere, whenDone } from "../../../ui/whenDone";
import { momentOf } from "../../../ui/zones";
import { approvedTemplates, type Campaign, preflight, rules, useLaunch } from "../data";
import type { StepName } from "../search";
import { timeOf } from "./delivery";
import { Frame } from "./Frame";
import { PhonePreview } from "./PhonePreview";
import { PreflightCard } from "./PreflightCard";
import { TestSend } from "./TestSend";
import classes from "./Wizard.module.css";
import type { StepProps } from "./WizardPage";

interface Props extends StepProps {
  onStep: (step: StepName) => void;
}

/** Everything once more, and what will happen; then the one button that sends. */
export function ReviewStep({ campaign, onBack, onStep }: Props) {
  const { t } = useTranslation("campaigns");
  const may = useMay();
  const found = useQuery(preflight(campaign));
  const templates = useQuery(approvedTemplates(campaign.channelId));
  const demands = useQuery(rules(campaign.subaccountId));
  const message = campaign.message;
  const template =
    message?.type === "template"
      ? templates.data?.items.find((each) => each.name === message.name && each.language === message.language)
      : undefined;
  return (
    <Frame
      onBack={onBack}
      next={
        may("campaigns:send") && (
          <Launch
            campaign={campaign}
            people={found.data?.ready ? found.data.eligible : undefined}
            needsApproval={demands.data?.approval ?? false}
          />
        )
      }
    >
      <div className={layout.columns}>
        <Stack gap="md">
          <Missing error={found.error} />
          <Summary campaign={campaign} onStep={onStep} />
          {!isNotReady(found.error) && (
            <PreflightCard
              campaignId={campaign.id}
              found={found.data}
              error={found.error}
              retry={() => found.refetch()}
            />
          )}
          {may("campaigns:send") && <TestSend campaign={campaign} />}
          {demands.data?.approval && <Alert icon={<IconUserCheck size={18} />}>{t("review.askText")}</Alert>}
        </Stack>
        <Stack gap="md" className={layout.aside}>
          <PhonePreview campaign={campaign} template={template} slots={[]} isKept />
        </Stack>
      </div>
    </Frame>
  );
}

function isNotReady(error: Error | null): error is ApiError {
  return error instanceof ApiError && error.fields.length > 0;
}

function Missing({ error }: { error: Error | null }) {
  const { t } = useTranslation("campaigns");
  if (!isNotReady(error)) return null;
  return (
    <Alert color="red" role="alert" title={t("review.missing")}>
      {error.fields.map((each) => (
        <Text key={each.field}>{each.message}</Text>
      ))}
    </Alert>
  );
}

function Summary({ campaign, onStep }: Pick<Props, "campaign" | "onStep">) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const numbers = useQuery(whatsappNumbers);
  const channel = numbers.data?.items.find((each) => each.id === campaign.channelId);
  const count = campaign.recipients?.summary?.valid ?? 0;
  const { message, pace, delivery } = campaign;
  const time = timeOf(campaign);
  const lines: { step: StepName; label: string; text: ReactNode }[] = [
    {
      step: "channel",
      label: t("review.channel"),
      text: `${channel?.verifiedName ?? ""} ${channel?.displayPhoneNumber ?? ""}`,
    },
    {
      step: "recipients",
      label: t("review.recipients"),
      text: `${t("review.ready", { count, n: format.number(count) })} · ${campaign.recipients?.fileName ?? ""}`,
    },
    {
      step: "message",
      label: t("review.message"),
      text: message?.type === "template" ? `${message.name} · ${message.language}` : t("message.text"),
    },
    {
      step: "delivery",
      label: t("review.delivery"),
      text: [
        time ? whenText(time.at, time.zone, format) : t("review.now"),
        delivery && t("review.hours", { from: delivery.start.slice(0, 5), until: delivery.end.slice(0, 5) }),
        pace && `${format.number(pace.messages)} / ${t(`delivery.units.${pace.per}`)}`,
      ]
        .filter(Boolean)
        .join(" · "),
    },
  ];
  return (
    <dl className={`${classes.panel} ${classes.summary}`}>
      {lines.map((line) => (
        <Fragment key={line.step}>
          <dt>{line.label}</dt>
          <dd>{line.text}</dd>
          <dd>
            <Anchor
              component="button"
              type="button"
              fz="sm"
              aria-label={t("review.change", { step: t(`wizard.steps.${line.step}`) })}
              onClick={() => onStep(line.step)}
            >
              {t("action.change")}
            </Anchor>
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}

function whenText(at: string, zone: string, format: ReturnType<typeof useFormat>): string {
  return `${format.dateTime(at)} ${zone} (${format.age(new Date(), momentOf(at, zone).getTime())})`;
}

interface LaunchProps {
  campaign: Campaign;
  people: number | undefined;
  needsApproval: boolean;
}

function Launch({ campaign, people, needsApproval }: LaunchProps) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const navigate = useNavigate();
  const launch = useLaunch(campaign.id);
  const isHere = useIsHere();
  const time = timeOf(campaign);
  const send = () =>
    whenDone(launch.mutateAsync(time ? { at: time.at, timeZone: time.zone } : {}), (sent) => {
      const state = sent.state;
      done(t(state === "scheduled" ? "review.scheduled" : state === "needs_approval" ? "review.asked" : "review.sent"));
      if (isHere()) navigate({ to: "/campaigns/$campaignId", params: { campaignId: campaign.id } });
    });
  const label = needsApproval
    ? t("review.ask")
    : time
      ? t("review.schedule")
      : t("review.send", { count: people ?? 0, n: format.number(people ?? 0) });
  return (
    <Button
      onClick={send}
      loading={launch.isPending}
      disabled={!people}
      leftSection={time ? <IconCalendarTime size={16} /> : <IconSend size={16} />}
    >
      {label}
    </Button>
  );
}
