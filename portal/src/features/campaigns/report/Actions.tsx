import { Button, Checkbox, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCopy, IconPlayerPause, IconPlayerPlay, IconRefresh, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay, useMe } from "../../../api/session";
import { Ask } from "../../../ui/Ask";
import { done, failed } from "../../../ui/toasts";
import { useFormat } from "../../../ui/useFormat";
import { whenDone } from "../../../ui/whenDone";
import { CancelDialog, useCopy } from "../acts";
import { type Campaign, type Report, useLaunch, useReject, useRetry, useStep } from "../data";

const DONE = {
  approve: "act.approved",
  pause: "act.paused",
  resume: "act.resumed",
} as const;
/** Nothing has been sent: all of it can still be changed, which makes it a draft again. */
const CHANGEABLE = ["scheduled", "too_late", "needs_approval"];
const ENDABLE = ["scheduled", "too_late", "needs_approval", "preparing", "sending", "paused"];

/** What can be done with a campaign where it stands. */
export function Actions({ campaign, report }: { campaign: Campaign; report: Report | undefined }) {
  const { t } = useTranslation("campaigns");
  const may = useMay();
  const me = useMe();
  const step = useStep(campaign.id);
  const [cancelling, cancel] = useDisclosure();
  const act = (which: keyof typeof DONE) => whenDone(step.mutateAsync(which), () => done(t(DONE[which])));
  const button = (which: keyof typeof DONE, label: string, icon: ReactNode) => (
    <Button
      variant="default"
      leftSection={icon}
      loading={step.isPending && step.variables === which}
      onClick={() => act(which)}
    >
      {label}
    </Button>
  );
  const { state } = campaign;
  const maySend = may("campaigns:send");
  return (
    <Group gap="xs">
      {maySend && state === "sending" && button("pause", t("act.pause"), <IconPlayerPause size={16} />)}
      {maySend && state === "paused" && button("resume", t("act.resume"), <IconPlayerPlay size={16} />)}
      {state === "needs_approval" && may("campaigns:approve") && campaign.launchedBy !== me.id && (
        <Approval campaign={campaign} onYes={() => act("approve")} />
      )}
      {maySend && state === "too_late" && <SendNow campaign={campaign} />}
      {may("campaigns:write") && CHANGEABLE.includes(state) && (
        <Button
          component={Link}
          to="/campaigns/$campaignId/edit"
          params={{ campaignId: campaign.id } as never}
          search={{ step: "delivery" } as never}
          variant="default"
        >
          {t("act.unschedule")}
        </Button>
      )}
      {maySend && report && report.retryable > 0 && ["completed", "cancelled"].includes(state) && (
        <Retry campaign={campaign} report={report} />
      )}
      {may("campaigns:write") && <Clone campaign={campaign} />}
      {maySend && ENDABLE.includes(state) && (
        <Button variant="default" leftSection={<IconX size={16} />} onClick={cancel.open}>
          {t("act.cancel")}
        </Button>
      )}
      {cancelling && <CancelDialog campaign={campaign} onClose={cancel.close} />}
    </Group>
  );
}

function SendNow({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation("campaigns");
  const launch = useLaunch(campaign.id);
  return (
    <Button loading={launch.isPending} onClick={() => whenDone(launch.mutateAsync({}), () => done(t("review.sent")))}>
      {t("act.sendNow")}
    </Button>
  );
}

function Clone({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation("campaigns");
  const { copy, isPending } = useCopy(campaign);
  return (
    <Button variant="default" leftSection={<IconCopy size={16} />} loading={isPending} onClick={copy}>
      {t("act.clone")}
    </Button>
  );
}

function Approval({ campaign, onYes }: { campaign: Campaign; onYes: () => void }) {
  const { t } = useTranslation("campaigns");
  const reject = useReject(campaign.id);
  const [rejecting, asking] = useDisclosure();
  const [reason, setReason] = useState("");
  return (
    <>
      <Button onClick={onYes}>{t("act.approve")}</Button>
      <Button variant="default" onClick={asking.open}>
        {t("act.reject")}
      </Button>
      {rejecting && (
        <Modal
          opened
          onClose={asking.close}
          title={t("act.rejectTitle", { name: campaign.name })}
          closeButtonProps={{ "aria-label": t("action.close") }}
        >
          <Textarea
            label={t("act.rejectReason")}
            autosize
            minRows={3}
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Group justify="flex-end" mt="md">
            <Button
              disabled={!reason.trim()}
              loading={reject.isPending}
              onClick={() =>
                whenDone(reject.mutateAsync(reason), () => {
                  asking.close();
                  done(t("act.rejected"));
                })
              }
            >
              {t("act.reject")}
            </Button>
          </Group>
        </Modal>
      )}
    </>
  );
}

function Retry({ campaign, report }: { campaign: Campaign; report: Report }) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const retry = useRetry(campaign.id);
  const [asking, ask] = useDisclosure();
  const [unsure, setUnsure] = useState(false);
  const doubtful = report.failed.some((each) => each.reason === "not_confirmed");
  const label = t("report.retry", { count: report.retryable, n: format.number(report.retryable) });
  const go = () => retry.mutateAsync(unsure).then(() => done(t("report.retried")));
  return (
    <>
      <Button
        leftSection={<IconRefresh size={16} />}
        loading={retry.isPending}
        onClick={() => (doubtful ? ask.open() : go().catch(failed))}
      >
        {label}
      </Button>
      {asking && (
        <Ask
          title={label}
          danger={false}
          yes={label}
          text={
            <Stack gap="xs">
              <Checkbox
                label={t("report.retryUnsure")}
                checked={unsure}
                onChange={(event) => setUnsure(event.currentTarget.checked)}
              />
              <Text c="dimmed" fz="sm">
                {t("report.retryUnsureText")}
              </Text>
            </Stack>
          }
          onClose={ask.close}
          onYes={go}
        />
      )}
    </>
  );
}
