import { Anchor, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { deskSettings } from "../../api/desk";
import { useMay } from "../../api/session";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { DeskForm } from "./DeskForm";
import { retention } from "./data";
import { RetentionForm } from "./RetentionForm";

/** What holds for all of the desk. */
export function SettingsPage() {
  const { t } = useTranslation("settings");
  const isReadOnly = !useMay()("settings:write");
  const desk = useQuery(deskSettings);
  const kept = useQuery(retention);
  const error = desk.error ?? kept.error;
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
      </Text>
      {error ? (
        <ErrorState error={error} retry={() => (desk.error ? desk : kept).refetch()} />
      ) : (
        <Stack gap="lg">
          {desk.data ? <DeskForm settings={desk.data} isReadOnly={isReadOnly} /> : <Skeleton h={420} />}
          {kept.data ? <RetentionForm retention={kept.data} isReadOnly={isReadOnly} /> : <Skeleton h={140} />}
        </Stack>
      )}
    </Page>
  );
}
