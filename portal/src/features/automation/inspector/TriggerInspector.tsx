import { CloseButton, NumberInput, Select, TagsInput, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { queues } from "../../../api/desk";
import { useWorkshop } from "../builder/context";
import { TRIGGERS } from "../catalogue";
import type { Json, JsonObject } from "../model/document";
import { updateFrame } from "../model/edits";
import { StepMark } from "../StepMark";
import { ZoneField } from "./ConditionForm";
import { textOf } from "./fields";
import { Findings } from "./Inspector";
import classes from "./Inspector.module.css";

const FRESH: Record<string, JsonObject> = {
  keyword: { keywords: [] },
  schedule: { expression: "cron(0 9 ? * MON-FRI *)", timeZone: "UTC" },
};

/** What starts the workflow. */
export function TriggerInspector() {
  const { t } = useTranslation("automation");
  const { canvas, edit, fixed, problems, select } = useWorkshop();
  const { trigger, triggerInputs = {}, subAccountId } = canvas.frame;
  const set = (change: Record<string, Json | undefined>) => {
    const next = Object.entries({ ...triggerInputs, ...change }).filter(([, value]) => value !== undefined);
    edit((before) => updateFrame(before, { triggerInputs: Object.fromEntries(next) as JsonObject }), "trigger");
  };
  const choose = (next: string) => {
    const inputs = FRESH[next];
    edit((before) => {
      const { triggerInputs: _, ...frame } = before.frame;
      return { ...before, frame: { ...frame, trigger: next, ...(inputs && { triggerInputs: inputs }) } };
    });
  };
  const types: string[] = (TRIGGERS as readonly string[]).includes(trigger) ? [...TRIGGERS] : [...TRIGGERS, trigger];
  return (
    <section className={classes.panel} aria-label={t("trigger.title")}>
      <div className={classes.head}>
        <StepMark type="trigger" size={28} />
        <Text fw={600} style={{ flex: 1 }}>
          {t("trigger.title")}
        </Text>
        <CloseButton aria-label={t("inspector.close")} onClick={() => select([])} />
      </div>
      <Findings messages={problems.filter((each) => each.path?.startsWith("/trigger"))} />
      <fieldset disabled={fixed} style={{ all: "unset", display: "contents" }}>
        <Select
          label={t("trigger.kind")}
          allowDeselect={false}
          data={types.map((each) => ({ value: each, label: t(`triggers.${each as "keyword"}`) }))}
          value={trigger}
          onChange={(next) => next && next !== trigger && choose(next)}
        />
        <Text c="dimmed" fz="sm" mt={-8}>
          {t(`trigger.about.${trigger as "keyword"}`, { defaultValue: "" })}
        </Text>
        <TriggerFields trigger={trigger} inputs={triggerInputs} set={set} />
        <TextInput
          label={t("trigger.subAccount")}
          description={t("trigger.subAccountText")}
          value={subAccountId ?? ""}
          onChange={(event) => {
            const value = event.currentTarget.value;
            edit((before) => {
              const { subAccountId: _, ...frame } = before.frame;
              return { ...before, frame: value ? { ...frame, subAccountId: value } : frame };
            }, "subaccount");
          }}
        />
      </fieldset>
    </section>
  );
}

function TriggerFields({
  trigger,
  inputs,
  set,
}: {
  trigger: string;
  inputs: JsonObject;
  set: (change: Record<string, Json | undefined>) => void;
}) {
  const { t } = useTranslation("automation");
  const known = useQuery({ ...queues, enabled: trigger === "ticket_resolved", retry: false }).data?.items ?? [];
  switch (trigger) {
    case "keyword":
      return (
        <>
          <TagsInput
            label={t("trigger.keywords")}
            description={t("condition.wordsText")}
            splitChars={[","]}
            acceptValueOnBlur
            value={Array.isArray(inputs.keywords) ? inputs.keywords.map(String) : []}
            onChange={(keywords) => set({ keywords })}
          />
          <Select
            label={t("trigger.match")}
            allowDeselect={false}
            data={(["exact", "prefix", "contains"] as const).map((each) => ({
              value: each,
              label: t(`trigger.matches.${each}`),
            }))}
            value={textOf(inputs.match) || "exact"}
            onChange={(match) => set({ match: match ?? undefined })}
          />
        </>
      );
    case "schedule":
      return (
        <>
          <TextInput
            label={t("trigger.expression")}
            description={t("trigger.expressionText")}
            value={textOf(inputs.expression)}
            onChange={(event) => set({ expression: event.currentTarget.value })}
          />
          <ZoneField value={textOf(inputs.timeZone) || "UTC"} onChange={(timeZone) => set({ timeZone })} />
        </>
      );
    case "window_closing":
      return (
        <NumberInput
          label={t("trigger.minutesBefore")}
          min={1}
          max={1380}
          value={typeof inputs.minutesBefore === "number" ? inputs.minutesBefore : 60}
          onChange={(value) => set({ minutesBefore: Number(value) || 60 })}
        />
      );
    case "ticket_resolved":
      return (
        <Select
          label={t("trigger.queue")}
          placeholder={t("trigger.anyQueue")}
          clearable
          searchable
          data={[...new Set([...known.map((each) => each.name), ...(inputs.queue ? [textOf(inputs.queue)] : [])])]}
          value={textOf(inputs.queue) || null}
          onChange={(queue) => set({ queue: queue ?? undefined })}
        />
      );
    case "campaign_reply":
      return (
        <TextInput
          label={t("trigger.campaign")}
          description={t("trigger.campaignText")}
          value={textOf(inputs.campaignId)}
          onChange={(event) => set({ campaignId: event.currentTarget.value || undefined })}
        />
      );
    default:
      return null;
  }
}
