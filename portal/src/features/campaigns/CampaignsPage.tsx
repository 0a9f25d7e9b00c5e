import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type Column, DataTable } from "../../ui/DataTable";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { Pill } from "../../ui/Pill";
import { type Campaign, campaigns } from "./data";

export function CampaignsPage() {
  const { t } = useTranslation("campaigns");
  const found = useInfiniteQuery(campaigns);
  const columns: Column<Campaign>[] = [
    { id: "name", title: t("name"), cell: (campaign) => campaign.name },
    { id: "state", title: t("state"), cell: (campaign) => <Pill>{t(`states.${campaign.state}`)}</Pill> },
  ];
  return (
    <Page title={t("title")} text={t("text")}>
      {found.error ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : (
        <DataTable
          label={t("title")}
          columns={columns}
          rows={found.data?.pages.flatMap((page) => page.items)}
          keyOf={(campaign) => campaign.id}
        />
      )}
    </Page>
  );
}
