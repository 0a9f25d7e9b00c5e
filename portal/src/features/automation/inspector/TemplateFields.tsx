import { Select, Stack, Text } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, body } from "../../../api/client";
import { TemplatePreview } from "../../../ui/TemplatePreview";
import { isFillable, shown, slotsOf, type Template } from "../../../ui/templates";
import { isObject, type JsonObject } from "../model/document";
import { said } from "../model/problems";
import { textOf } from "./fields";
import { Recipient } from "./MessageFields";
import { ScriptText } from "./ScriptText";
import { type FieldsProps, Raw } from "./StepFields";

/** The approved templates of every WhatsApp account there is. */
const approved = queryOptions({
  queryKey: ["templates", "every", "approved"],
  queryFn: async ({ signal }) => {
    const channels = await body(api.GET("/api/v1/channels", { signal }));
    const numbers = channels.items.filter((each) => each.type === "whatsapp");
    const one = new Map(numbers.map((each) => [each.wabaId, each.id]));
    const pages = await Promise.all(
      [...one.values()].map((channelId) =>
        body(api.GET("/api/v1/templates", { signal, params: { query: { channelId, status: "APPROVED" } } })),
      ),
    );
    return pages.flatMap((page) => page.items);
  },
  staleTime: 300_000,
  retry: false,
});

/** An approved template and where the value of each of its variables comes from. */
export function TemplateFields(props: FieldsProps) {
  const { t } = useTranslation("automation");
  const { inputs, findings, set, stepKey } = props;
  const found = useQuery(approved);
  const templates = (found.data ?? []).filter(isFillable);
  const chosen = templates.find((each) => each.name === inputs.template && each.language === inputs.language);
  const named = textOf(inputs.template);
  if (found.error || (named && found.data && !chosen)) return <Raw {...props} />;
  return (
    <>
      <Select
        searchable
        label={t("input.template")}
        data={templates.map((each) => ({ value: keyOf(each), label: `${each.name} · ${each.language}` }))}
        value={chosen ? keyOf(chosen) : null}
        error={said(findings, "inputs/template")}
        onChange={(key) => {
          const next = templates.find((each) => keyOf(each) === key);
          set({
            template: next?.name ?? "",
            language: next?.language ?? "",
            variables: undefined,
            header: undefined,
            buttons: undefined,
          });
        }}
      />
      {chosen && <Slots template={chosen} {...props} />}
      {chosen && (
        <Stack gap={6} p={12} style={{ borderRadius: 10, background: "light-dark(#f1ece4, #0f1512)" }}>
          <TemplatePreview shown={shown(chosen, valuesOf(inputs, chosen))} />
        </Stack>
      )}
      <Recipient {...{ stepKey, inputs, findings, set }} />
    </>
  );
}

function Slots({ template, inputs, set, stepKey }: FieldsProps & { template: Template }) {
  const { t } = useTranslation("automation");
  const slots = slotsOf(template);
  const values = valuesOf(inputs, template);
  const variables = objectOf(inputs.variables);
  const buttons = objectOf(inputs.buttons);
  const change = (id: string, kind: string, value: string) => {
    const [part = "", name = ""] = id.split(".");
    if (part === "body") set({ variables: { ...variables, [name]: value } });
    else if (part === "button") set({ buttons: { ...buttons, [name]: { url: value } } });
    else set({ header: kind === "text" ? value : { [kind]: value } });
  };
  return (
    <>
      {slots.length > 0 && (
        <Text fz="sm" fw={500}>
          {t("template.values")}
        </Text>
      )}
      {slots.map((slot) => (
        <ScriptText
          key={slot.id}
          label={t(`template.${slot.part}`, { name: slot.name })}
          placeholder={slot.example}
          stepKey={stepKey}
          value={values[slot.id] ?? ""}
          onChange={(value) => change(slot.id, slot.kind, value)}
        />
      ))}
    </>
  );
}

function valuesOf(inputs: JsonObject, template: Template): Record<string, string> {
  const header = inputs.header;
  return Object.fromEntries(
    slotsOf(template).map(({ id, part, kind }) => {
      const name = id.split(".")[1] ?? "";
      if (part === "body") return [id, textOf(objectOf(inputs.variables)[name])];
      if (part === "button") return [id, textOf(objectOf(objectOf(inputs.buttons)[name]).url)];
      return [id, textOf(kind === "text" ? header : objectOf(header)[kind])];
    }),
  );
}

function keyOf(template: Template): string {
  return `${template.name}/${template.language}`;
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? (value as JsonObject) : {};
}
