import { Group, MultiSelect, NumberInput, SegmentedControl, Select, TagsInput, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { groups } from "../../api/groups";
import { useMe } from "../../api/session";
import { countries } from "../../ui/countries";
import { type Condition, MOST_DAYS, needsValue, OPS, OUTCOMES } from "./conditions";
import { campaign, sentCampaigns } from "./data";

interface Props<Of extends Condition = Condition> {
  condition: Of;
  onChange: (condition: Condition) => void;
}

/** One condition, to be filled in. */
export function ConditionFields({ condition, onChange }: Props) {
  const { t, i18n } = useTranslation("segments");
  const label = t(`kinds.${condition.kind}`);
  switch (condition.kind) {
    case "countries":
      return (
        <MultiSelect
          label={label}
          searchable
          style={{ flex: 1 }}
          data={countries(i18n.language)}
          value={condition.values}
          onChange={(values) => onChange({ ...condition, values })}
        />
      );
    case "groups":
      return <Groups condition={condition} onChange={onChange} />;
    case "tags":
    case "withoutTags":
      return (
        <TagsInput
          label={label}
          style={{ flex: 1 }}
          maxTags={50}
          value={condition.values}
          onChange={(values) => onChange({ ...condition, values })}
        />
      );
    case "attribute":
      return <Attribute condition={condition} onChange={onChange} />;
    case "wrote":
    case "silent":
      return (
        <NumberInput
          label={label}
          w={220}
          min={1}
          max={MOST_DAYS}
          allowDecimal={false}
          value={condition.days || ""}
          onChange={(days) => onChange({ ...condition, days: Number(days) })}
        />
      );
    case "marketing":
      return (
        <div style={{ flex: 1 }}>
          <Text fz="sm" fw={500} mb={4}>
            {label}
          </Text>
          <SegmentedControl
            aria-label={label}
            value={condition.may ? "yes" : "no"}
            onChange={(value) => onChange({ ...condition, may: value === "yes" })}
            data={(["yes", "no"] as const).map((value) => ({ value, label: t(value) }))}
          />
        </div>
      );
    case "campaign":
      return <Campaign condition={condition} onChange={onChange} />;
  }
}

function Groups({ condition, onChange }: Props<Extract<Condition, { values: string[] }>>) {
  const { t } = useTranslation("segments");
  const found = useQuery(groups(useMe().accountId));
  return (
    <MultiSelect
      label={t("kinds.groups")}
      searchable
      style={{ flex: 1 }}
      error={found.error?.message}
      data={found.data?.items.map((each) => ({ value: String(each.id), label: each.name })) ?? []}
      value={condition.values}
      onChange={(values) => onChange({ ...condition, values })}
    />
  );
}

function Attribute({ condition, onChange }: Props<Extract<Condition, { kind: "attribute" }>>) {
  const { t } = useTranslation("segments");
  return (
    <Group gap="xs" align="flex-end" style={{ flex: 1 }}>
      <TextInput
        label={t("attribute")}
        maxLength={60}
        style={{ flex: "1 1 130px" }}
        value={condition.name}
        onChange={(event) => onChange({ ...condition, name: event.currentTarget.value })}
      />
      <Select
        aria-label={t("compared")}
        w={130}
        allowDeselect={false}
        value={condition.op}
        data={OPS.map((value) => ({ value, label: t(`ops.${value}`) }))}
        onChange={(op) => op && onChange({ ...condition, op: op as typeof condition.op })}
      />
      {needsValue(condition.op) && (
        <TextInput
          aria-label={t("value")}
          placeholder={t("value")}
          maxLength={200}
          style={{ flex: "1 1 130px" }}
          value={condition.value}
          onChange={(event) => onChange({ ...condition, value: event.currentTarget.value })}
        />
      )}
    </Group>
  );
}

function Campaign({ condition, onChange }: Props<Extract<Condition, { kind: "campaign" }>>) {
  const { t } = useTranslation("segments");
  const [search, setSearch] = useState("");
  const [name] = useDebouncedValue(search.trim(), 250);
  const chosen = useQuery({ ...campaign(condition.campaignId), enabled: condition.campaignId !== "" });
  // What stands in the field once one is chosen is no search.
  const asked = name === chosen.data?.name ? "" : name;
  const found = useQuery({ ...sentCampaigns(asked), placeholderData: keepPreviousData });
  const items = found.data?.items ?? [];
  const all = chosen.data && !items.some((each) => each.id === chosen.data.id) ? [chosen.data, ...items] : items;
  return (
    <Group gap="xs" align="flex-end" style={{ flex: 1 }}>
      <Select
        label={t("campaign")}
        placeholder={t("findCampaign")}
        searchable
        allowDeselect={false}
        style={{ flex: "1 1 220px" }}
        error={found.error?.message}
        value={condition.campaignId || null}
        data={all.map((each) => ({ value: each.id, label: each.name }))}
        filter={({ options }) => options}
        onSearchChange={setSearch}
        onChange={(campaignId) => campaignId && onChange({ ...condition, campaignId })}
      />
      <Select
        aria-label={t("outcome")}
        w={220}
        allowDeselect={false}
        value={condition.outcome}
        data={OUTCOMES.map((value) => ({ value, label: t(`outcomes.${value}`) }))}
        onChange={(outcome) => outcome && onChange({ ...condition, outcome: outcome as typeof condition.outcome })}
      />
    </Group>
  );
}
