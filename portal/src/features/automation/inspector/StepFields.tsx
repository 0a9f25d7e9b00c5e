import { Autocomplete, NumberInput, Select, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { queues } from "../../../api/desk";
import { useMe } from "../../../api/session";
import { workflows } from "../data";
import type { FlatStep } from "../model/canvas";
import { isObject, type Json, type JsonObject } from "../model/document";
import { type Finding, said } from "../model/problems";
import { ConditionForm } from "./ConditionForm";
import { DurationField, PairsField, textOf } from "./fields";
import { JsonField } from "./JsonField";
import { MessageFields } from "./MessageFields";
import { ScriptText } from "./ScriptText";
import { TemplateFields } from "./TemplateFields";

export interface FieldsProps {
  stepKey: string;
  inputs: JsonObject;
  findings: Finding[];
  /** Writes inputs; undefined takes one away. */
  set: (change: Record<string, Json | undefined>) => void;
}

interface Props {
  stepKey: string;
  step: FlatStep;
  findings: Finding[];
  onChange: (next: FlatStep, topic?: string) => void;
}

/** What a step is told to do. A type without a form of its own shows its inputs as JSON. */
export function StepFields({ stepKey, step, findings, onChange }: Props) {
  const inputs = step.inputs ?? {};
  const set: FieldsProps["set"] = (change) => {
    const next = { ...inputs, ...change } as Record<string, Json | undefined>;
    const kept = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined)) as JsonObject;
    onChange({ ...step, inputs: kept }, `${stepKey} ${Object.keys(change).join()}`);
  };
  const props: FieldsProps = { stepKey, inputs, findings, set };
  switch (step.stepType) {
    case "ChatAppsMessage":
      return <MessageFields {...props} />;
    case "SendTemplate":
      return <TemplateFields {...props} />;
    case "Branch":
    case "OptIn":
    case "OptOut":
      return null;
    case "Wait":
      return <Lasting {...props} name="duration" />;
    case "WaitForReply":
      return <ReplyFields {...props} />;
    case "If":
      return <IfFields {...props} />;
    case "HttpRequest":
      return <RequestFields {...props} />;
    case "SetData":
      return <Values {...props} name="values" />;
    case "UpdateContact":
      return <Values {...props} name="fields" />;
    case "SendToConverse":
    case "AssignTicket":
      return <TicketFields {...props} required={step.stepType === "AssignTicket"} />;
    case "AddToGroup":
    case "RemoveFromGroup":
      return <Words {...props} name="group" />;
    case "StartWorkflow":
      return <StartFields {...props} />;
    default:
      return <Raw {...props} />;
  }
}

function Words({
  stepKey,
  inputs,
  findings,
  set,
  name,
  rows = 1,
  optional = false,
}: FieldsProps & { name: string; rows?: number; optional?: boolean }) {
  const { t } = useTranslation("automation");
  return (
    <ScriptText
      label={t(`input.${name as "url"}`)}
      stepKey={stepKey}
      minRows={rows}
      value={textOf(inputs[name])}
      error={said(findings, `inputs/${name}`)}
      onChange={(value) => set({ [name]: optional && value === "" ? undefined : value })}
    />
  );
}

function Lasting({ stepKey, inputs, findings, set, name }: FieldsProps & { name: string }) {
  const { t } = useTranslation("automation");
  return (
    <DurationField
      label={t(`input.${name as "duration"}`)}
      stepKey={stepKey}
      value={textOf(inputs[name]) || (name === "timeout" ? "1.00:00:00" : "")}
      error={said(findings, `inputs/${name}`)}
      onChange={(value) => set({ [name]: value })}
    />
  );
}

function ReplyFields(props: FieldsProps) {
  const { t } = useTranslation("automation");
  const { inputs, set, stepKey, findings } = props;
  return (
    <>
      <Lasting {...props} name="timeout" />
      <Stack gap={4}>
        <Select
          label={t("reply.burst")}
          description={t("reply.burstText")}
          allowDeselect={false}
          data={["", "0.00:00:05", "0.00:00:15", "0.00:01:00"].map((value) => ({
            value,
            label: t(`reply.bursts.${value === "" ? "none" : (value.slice(-5) as "00:05")}`),
          }))}
          value={
            ["0.00:00:05", "0.00:00:15", "0.00:01:00"].includes(textOf(inputs.coalesce)) ? textOf(inputs.coalesce) : ""
          }
          onChange={(value) => set({ coalesce: value || undefined })}
        />
      </Stack>
      <ScriptText
        label={t("input.from")}
        stepKey={stepKey}
        value={textOf(inputs.from)}
        error={said(findings, "inputs/from")}
        onChange={(from) => set({ from })}
      />
    </>
  );
}

function IfFields({ stepKey, inputs, findings, set }: FieldsProps) {
  return (
    <ConditionForm
      script={textOf(inputs.condition)}
      stepKey={stepKey}
      replies={false}
      subject="data.payload.content.text"
      error={said(findings, "inputs/condition")}
      onChange={(condition) => set({ condition })}
    />
  );
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

function RequestFields(props: FieldsProps) {
  const { t } = useTranslation("automation");
  const { stepKey, inputs, findings, set } = props;
  const object = (name: string) => (isObject(inputs[name]) ? (inputs[name] as JsonObject) : {});
  const pairs = (name: "headers" | "parameters") => (
    <PairsField
      label={t(`input.${name}`)}
      value={object(name)}
      stepKey={stepKey}
      nameLabel={t("field.name")}
      valueLabel={t("field.value")}
      add={t(`request.add.${name}`)}
      error={said(findings, `inputs/${name}`)}
      onChange={(value) => set({ [name]: Object.keys(value).length > 0 ? value : undefined })}
    />
  );
  const body = inputs.body;
  const method = textOf(inputs.method).toUpperCase();
  return (
    <>
      <Select
        label={t("input.method")}
        allowDeselect={false}
        data={METHODS.includes(method) || !method ? METHODS : [...METHODS, method]}
        value={method}
        error={said(findings, "inputs/method")}
        onChange={(value) => set({ method: value ?? "GET" })}
      />
      <Words {...props} name="url" />
      {pairs("parameters")}
      {pairs("headers")}
      {method !== "GET" &&
        method !== "HEAD" &&
        (typeof body === "string" ? (
          <Words {...props} name="body" rows={2} optional />
        ) : (
          <JsonField
            label={t("input.body")}
            description={t("request.bodyText")}
            minRows={3}
            value={body}
            error={said(findings, "inputs/body")}
            onChange={(value) => set({ body: value })}
          />
        ))}
      <NumberInput
        label={t("input.timeoutSeconds")}
        min={1}
        max={30}
        value={typeof inputs.timeoutSeconds === "number" ? inputs.timeoutSeconds : 5}
        error={said(findings, "inputs/timeoutSeconds")}
        onChange={(value) => set({ timeoutSeconds: Number(value) || 5 })}
      />
      <Words {...props} name="connection" optional />
      <Text fz="xs" c="dimmed">
        {t("request.secrets", { interpolation: { skipOnVariables: true }, example: "{{secret.name}}" })}
      </Text>
    </>
  );
}

function Values({ stepKey, inputs, findings, set, name }: FieldsProps & { name: "values" | "fields" }) {
  const { t } = useTranslation("automation");
  return (
    <PairsField
      label={t(`input.${name}`)}
      value={isObject(inputs[name]) ? (inputs[name] as JsonObject) : {}}
      stepKey={stepKey}
      nameLabel={t("field.name")}
      valueLabel={t("field.value")}
      add={t("field.add")}
      error={said(findings, `inputs/${name}`)}
      onChange={(value) => set({ [name]: value })}
    />
  );
}

function TicketFields({ required, ...props }: FieldsProps & { required: boolean }) {
  const { t } = useTranslation("automation");
  const { inputs, findings, set } = props;
  const known = useQuery({ ...queues, retry: false }).data?.items ?? [];
  const optional = (name: string, value: string) => set({ [name]: value === "" && !required ? undefined : value });
  return (
    <>
      <Autocomplete
        label={t("input.queue")}
        description={required ? undefined : t("ticket.queueText")}
        data={[...new Set(known.map((each) => each.name))]}
        value={textOf(inputs.queue)}
        error={said(findings, "inputs/queue")}
        onChange={(value) => optional("queue", value)}
      />
      <Select
        label={t("input.priority")}
        clearable
        data={["low", "normal", "high", "urgent"].map((each) => ({
          value: each,
          label: t(`ticket.priority.${each as "low"}`),
        }))}
        value={textOf(inputs.priority) || null}
        error={said(findings, "inputs/priority")}
        onChange={(value) => set({ priority: value ?? undefined })}
      />
      <Words {...props} name="note" rows={2} optional />
    </>
  );
}

function StartFields(props: FieldsProps) {
  const { t } = useTranslation("automation");
  const { accountId } = useMe();
  const { inputs, findings, set, stepKey } = props;
  const known = useQuery(workflows(accountId)).data ?? [];
  const chosen = textOf(inputs.definitionId);
  const data = known.map((each) => ({ value: each.id, label: String(each.definition.name) }));
  return (
    <>
      <Select
        searchable
        label={t("input.definitionId")}
        data={!chosen || known.some((each) => each.id === chosen) ? data : [...data, { value: chosen, label: chosen }]}
        value={chosen || null}
        error={said(findings, "inputs/definitionId")}
        onChange={(value) => set({ definitionId: value ?? "" })}
      />
      <PairsField
        label={t("start.data")}
        value={isObject(inputs.data) ? (inputs.data as JsonObject) : {}}
        stepKey={stepKey}
        nameLabel={t("field.name")}
        valueLabel={t("field.value")}
        add={t("field.add")}
        error={said(findings, "inputs/data")}
        onChange={(value) => set({ data: value })}
      />
    </>
  );
}

export function Raw({ inputs, findings, set }: FieldsProps) {
  const { t } = useTranslation("automation");
  return (
    <JsonField
      label={t("input.all")}
      minRows={4}
      value={inputs}
      error={said(findings, "inputs")}
      refuse={(value) => (isObject(value) ? undefined : t("input.notObject"))}
      onChange={(next) => {
        const gone = Object.fromEntries(Object.keys(inputs).map((name) => [name, undefined]));
        set({ ...gone, ...(next as JsonObject) });
      }}
    />
  );
}
