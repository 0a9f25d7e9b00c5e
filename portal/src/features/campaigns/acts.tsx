/** What is done with a campaign both from the list and from its report. */
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Ask } from "../../ui/Ask";
import { done } from "../../ui/toasts";
import { whenDone } from "../../ui/whenDone";
import { type Campaign, useClone, useStep } from "./data";

/** Makes a copy and goes on with it, unless one has gone to another page meanwhile. */
export function useCopy(campaign: Campaign) {
  const { t } = useTranslation("campaigns");
  const router = useRouter();
  const navigate = useNavigate();
  const clone = useClone(campaign.id);
  const page = () => router.state.location.pathname;
  const copy = () => {
    const from = page();
    whenDone(clone.mutateAsync(undefined), ({ id }) => {
      done(t("act.cloned"));
      // Not whether the row is still there: a search may have taken it from the list.
      if (page() === from) navigate({ to: "/campaigns/$campaignId/edit", params: { campaignId: id } });
    });
  };
  return { copy, isPending: clone.isPending };
}

export function CancelDialog({ campaign, onClose }: { campaign: Campaign; onClose: () => void }) {
  const { t } = useTranslation("campaigns");
  const step = useStep(campaign.id);
  return (
    <Ask
      title={t("act.cancelTitle", { name: campaign.name })}
      text={t("act.cancelText")}
      yes={t("act.cancel")}
      no={t("act.keep")}
      onClose={onClose}
      onYes={async () => {
        await step.mutateAsync("cancel");
        done(t("act.cancelled"));
      }}
    />
  );
}
