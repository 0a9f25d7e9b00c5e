import { useQueries, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { groups } from "../../api/groups";
import { useMay, useMe } from "../../api/session";
import { useFormat } from "../../ui/useFormat";
import type { Condition } from "./conditions";
import { campaign } from "./data";

/** Conditions as one sentence, with the names of what they speak of. `campaignIds` are those that need a name. */
export function useSentence(campaignIds: string[]): (conditions: Condition[]) => string {
  const { t, i18n } = useTranslation("segments");
  const format = useFormat();
  const may = useMay();
  const known = useQuery(groups(useMe().accountId)).data?.items ?? [];
  const asked = useQueries({
    queries: [...new Set(campaignIds)].map((id) => ({ ...campaign(id), enabled: may("campaigns:read") })),
  });
  const either = (values: string[]) => new Intl.ListFormat(i18n.language, { type: "disjunction" }).format(values);
  const groupName = (id: string) => known.find((each) => String(each.id) === id)?.name ?? t("says.someGroup", { id });
  const campaignName = (id: string) => asked.find((each) => each.data?.id === id)?.data?.name ?? t("says.someCampaign");
  const say = (condition: Condition): string => {
    switch (condition.kind) {
      case "countries":
        return t("says.countries", { list: either(condition.values.map(format.country)) });
      case "groups":
        return t("says.groups", { list: either(condition.values.map(groupName)) });
      case "attribute":
        return t("says.attribute", { ...condition, op: t(`ops.${condition.op}`) }).trim();
      case "wrote":
      case "silent":
        return t(`says.${condition.kind}`, { count: condition.days });
      case "marketing":
        return t(condition.may ? "says.marketingYes" : "says.marketingNo");
      case "campaign":
        return t("says.campaign", {
          outcome: t(`outcomes.${condition.outcome}`),
          name: campaignName(condition.campaignId),
        });
      default:
        return t(`says.${condition.kind}`, { list: either(condition.values) });
    }
  };
  return (conditions) => conditions.map(say).join(" · ") || t("says.everybody");
}

/** The campaigns that conditions speak of. */
export function campaignsOf(conditions: Condition[]): string[] {
  return conditions.flatMap((each) => (each.kind === "campaign" && each.campaignId ? [each.campaignId] : []));
}
