import { Anchor, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { deskSettings } from "../../api/desk";
import { useMay } from "../../api/session";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { DeskForm } from "./DeskForm";

/** What holds for all of the desk. */
export function SettingsPage() {
  const { t } = useTranslation("settings");
  const isReadOnly = !useMay()("settings:write");
  const desk = useQuery(deskSettings);
  return (
    <Page
      title={t("title")}
      width={820}
      text={
        <>
          {t("text")} {t("elsewhere")}
        </>
      }
    >
      <Text fz="sm" mb="lg" mt={-12} style={{ display: "flex", gap: 16, flexWrap: "wrap" }}>
        <Anchor component={Link} to="/channels">
          {t("toChannels")}
        </Anchor>
        <Anchor component={Link} to="/queues">
          {t("toQueues")}
        </Anchor>
        <Anchor component={Link} to="/canned-replies">
          {t("toReplies")}
        </Anchor>
        <Anchor component={Link} to="/retention">
          {t("toRetention")}
        </Anchor>
      </Text>
      {desk.error ? (
        <ErrorState error={desk.error} retry={() => desk.refetch()} />
      ) : desk.data ? (
        <DeskForm settings={desk.data} isReadOnly={isReadOnly} />
      ) : (
        <Skeleton h={420} />
      )}
    </Page>
  );
}
