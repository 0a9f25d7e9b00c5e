import { Button, Text } from "@mantine/core";
import { IconFilter, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay } from "../../api/session";
import { DataTable } from "../../ui/DataTable";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { useFormat } from "../../ui/useFormat";
import { conditionsOf } from "./conditions";
import { segments } from "./data";
import { campaignsOf, useSentence } from "./useSentence";

/** Every description of contacts that was kept. */
export function SegmentsPage() {
  const { t } = useTranslation("segments");
  const may = useMay();
  const format = useFormat();
  const found = useQuery(segments);
  const rows = found.data?.items;
  const sentence = useSentence((rows ?? []).flatMap((each) => campaignsOf(conditionsOf(each.filter))));
  const create = may("contacts:write") && (
    <Button component={Link} to="/segments/new" leftSection={<IconPlus size={16} />}>
      {t("create")}
    </Button>
  );
  return (
    <Page title={t("title")} text={t("text")} actions={rows?.length !== 0 && create}>
      {found.error ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : rows?.length === 0 ? (
        <EmptyState icon={IconFilter} title={t("none")} text={t("noneText")} action={create} />
      ) : (
        <DataTable
          label={t("title")}
          rows={rows}
          keyOf={(segment) => segment.id}
          columns={[
            {
              id: "name",
              title: t("name"),
              cell: (segment) => (
                <>
                  <Text
                    component={Link}
                    to="/segments/$segmentId"
                    params={{ segmentId: segment.id } as never}
                    fw={500}
                    style={{ textDecoration: "none" }}
                  >
                    {segment.name}
                  </Text>
                  <Text c="dimmed" fz="sm">
                    {sentence(conditionsOf(segment.filter))}
                  </Text>
                </>
              ),
            },
            {
              id: "since",
              title: t("since"),
              width: 1,
              cell: (segment) => (
                <span className="tabular" style={{ whiteSpace: "nowrap" }}>
                  {format.dateTime(segment.createdAt)}
                </span>
              ),
            },
          ]}
        />
      )}
    </Page>
  );
}
