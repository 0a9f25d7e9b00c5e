import { Anchor } from "@mantine/core";
import { IconSitemap } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "../../../api/session";
import { EmptyState } from "../../../ui/EmptyState";
import { ErrorState } from "../../../ui/ErrorState";
import { documentOf, newest } from "../data";
import { Builder } from "./Builder";
import { Opening } from "./Opening";

export function WorkflowPage() {
  const { definitionId } = useParams({ from: "/workflows/$definitionId" });
  return <StoredWorkflow key={definitionId} definitionId={definitionId} />;
}

/** Read anew when it is opened; while one works on it, a newer version is not slid under one's hands. */
function StoredWorkflow({ definitionId }: { definitionId: string }) {
  const { t } = useTranslation("automation");
  const { accountId } = useMe();
  const { tab = "build", run } = useSearch({ from: "/workflows/$definitionId" });
  const [opened] = useState(() => Date.now());
  const found = useQuery({
    ...newest(accountId, definitionId),
    staleTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  if (found.error) return <ErrorState error={found.error} retry={() => found.refetch()} />;
  if (!found.data) {
    if (found.isFetching || found.data === undefined) return <Opening />;
    return (
      <EmptyState
        icon={IconSitemap}
        title={t("builder.gone")}
        text={t("builder.goneText")}
        action={
          <Anchor component={Link} to="/workflows">
            {t("builder.back")}
          </Anchor>
        }
      />
    );
  }
  if (found.isFetching && found.dataUpdatedAt < opened) return <Opening />;
  return (
    <Builder
      definitionId={definitionId}
      draftId={definitionId}
      version={found.data.version}
      document={documentOf(found.data)}
      tab={tab}
      {...(run && { run })}
    />
  );
}
