import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMe } from "../../../api/session";
import { ErrorState } from "../../../ui/ErrorState";
import { gallery } from "../data";
import type { Workflow } from "../model/document";
import { Builder } from "./Builder";
import { Opening } from "./Opening";

/** A workflow that is not stored yet: with nothing in it, or a ready-made one. */
export function NewWorkflowPage() {
  const { t } = useTranslation("automation");
  const { accountId } = useMe();
  const navigate = useNavigate();
  const { from } = useSearch({ from: "/workflows/new" });
  const found = useQuery({ ...gallery(accountId), enabled: from !== undefined });
  if (found.error) return <ErrorState error={found.error} retry={() => found.refetch()} />;
  if (from && !found.data) return <Opening />;
  const chosen = found.data?.find((each) => each.key === from)?.document as Workflow | undefined;
  const blank: Workflow = { trigger: "inbound_chat_apps", definition: { name: t("builder.unnamed"), steps: [] } };
  const { status: _, ...document } = chosen ?? blank;
  return (
    <Builder
      key={from ?? ""}
      draftId={`new${from ? ` ${from}` : ""}`}
      version={0}
      document={document}
      tab="build"
      onStored={(view) =>
        navigate({ to: "/workflows/$definitionId", params: { definitionId: view.id }, replace: true })
      }
    />
  );
}
