import { Button, Group, SegmentedControl, Skeleton, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../../api/client";
import { ErrorState } from "../../../ui/ErrorState";
import { Pill } from "../../../ui/Pill";
import type { Template } from "../../../ui/templates";
import { useFormat } from "../../../ui/useFormat";
import layout from "../../../ui/WithAside.module.css";
import { useIsHere, whenDone } from "../../../ui/whenDone";
import { approvedTemplates, type Message, type Slot, slots as slotsQuery, useSetMessage } from "../data";
import { type Bindings, bindingsOf, guess, missing, parameters } from "./bindings";
import { Frame } from "./Frame";
import { PhonePreview } from "./PhonePreview";
import { Slots } from "./Slots";
import { TemplatePicker } from "./TemplatePicker";
import classes from "./Wizard.module.css";
import type { StepProps } from "./WizardPage";

/** What everybody gets: a template with its places filled, or free text for those whose window is open. */
export function MessageStep(props: StepProps) {
  const { t } = useTranslation("campaigns");
  const [kind, setKind] = useState<string>(props.campaign.message?.type ?? "template");
  return (
    <Stack gap="md">
      <SegmentedControl
        aria-label={t("message.kind")}
        style={{ alignSelf: "flex-start" }}
        value={kind}
        onChange={setKind}
        data={[
          { value: "template", label: t("message.template") },
          { value: "text", label: t("message.text") },
        ]}
      />
      {kind === "template" ? <WithTemplate {...props} /> : <WithText {...props} />}
    </Stack>
  );
}

interface Choice {
  name: string;
  language: string;
}

function WithTemplate(props: StepProps) {
  const { campaign, onBack } = props;
  const kept = campaign.message?.type === "template" ? campaign.message : undefined;
  const templates = useQuery(approvedTemplates(campaign.channelId));
  const [choice, setChoice] = useState<Choice | undefined>(kept);
  const template = templates.data?.items.find((each) => is(each, choice));
  if (!choice || (templates.data && !template)) {
    return (
      <Frame onBack={onBack}>
        <TemplatePicker channelId={campaign.channelId} onChoose={setChoice} />
      </Frame>
    );
  }
  if (!template) return <Skeleton h={240} />;
  return (
    <Filling
      {...props}
      key={`${choice.name} ${choice.language}`}
      template={template}
      onChange={() => setChoice(undefined)}
    />
  );
}

function is(template: Template, choice: Choice | undefined): boolean {
  return template.name === choice?.name && template.language === choice.language;
}

interface FillingProps extends StepProps {
  template: Template;
  onChange: () => void;
}

function Filling(props: FillingProps) {
  const { campaign, template } = props;
  const found = useQuery(slotsQuery(campaign.id, template.name, template.language));
  if (found.error) return <ErrorState error={found.error} retry={() => found.refetch()} />;
  if (!found.data) return <Skeleton h={240} />;
  return <Filled {...props} slots={found.data.items} />;
}

function Filled({ campaign, template, slots, onBack, onNext, onChange }: FillingProps & { slots: Slot[] }) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const fields = campaign.recipients?.fields ?? [];
  const kept = campaign.message?.type === "template" && is(template, campaign.message) ? campaign.message : null;
  const [bindings, setBindings] = useState<Bindings>(() => (kept ? bindingsOf(kept) : guess(slots, fields)));
  const saving = useSetMessage(campaign.id);
  const isHere = useIsHere();
  const message = messageOf(template, slots, bindings);
  const isKept = kept !== null && same(kept, message);
  const empty = missing(slots, bindings).length;
  const save = useDebouncedCallback(() => saving.mutate(message), 500);
  // Saved as one goes: what is complete is kept at once, so that the phone shows real people.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change of the message is to be kept
  useEffect(() => {
    if (empty === 0 && !isKept) save();
  }, [JSON.stringify(message), empty]);
  const next = () => {
    if (isKept) onNext();
    else whenDone(saving.mutateAsync(message), () => isHere() && onNext());
  };
  return (
    <Frame onBack={onBack} onNext={empty === 0 ? next : undefined} busy={saving.isPending}>
      <div className={layout.columns}>
        <Stack gap="md">
          <Group className={classes.panel} justify="space-between" gap="xs">
            <div>
              <Text fw={600}>{template.name}</Text>
              <Group gap={6} mt={4}>
                <Pill>{template.language}</Pill>
                <Pill>{template.category.toLowerCase()}</Pill>
              </Group>
            </div>
            <Button variant="default" onClick={onChange}>
              {t("message.change")}
            </Button>
          </Group>
          <Title order={2}>{t("message.fill")}</Title>
          <Slots
            slots={slots}
            fields={fields}
            bindings={bindings}
            problems={problemsOf(saving.error)}
            onChange={setBindings}
          />
          <Text c={saving.error ? "red" : "dimmed"} fz="sm" role="status">
            {saving.error
              ? saving.error.message
              : empty > 0
                ? t("message.missing", { count: empty, n: format.number(empty) })
                : isKept
                  ? t("message.kept")
                  : t("message.saving")}
          </Text>
        </Stack>
        <div className={layout.aside}>
          <PhonePreview campaign={campaign} template={template} slots={slots} isKept={isKept} />
        </div>
      </div>
    </Frame>
  );
}

function messageOf(template: Template, slots: Slot[], bindings: Bindings): Message {
  const { name, language } = template;
  return { type: "template", name, language, parameters: parameters(slots, bindings) } as Message;
}

/** Equal whatever the order of the places. */
function same(one: Message, other: Message): boolean {
  const plain = (message: Message) =>
    message.type === "template"
      ? JSON.stringify([
          message.name,
          message.language,
          Object.entries(message.parameters ?? {})
            .map(flat)
            .sort(),
        ])
      : JSON.stringify(message);
  return plain(one) === plain(other);
}

function flat([slot, binding]: [string, object]): string {
  return `${slot} ${Object.entries(binding).map(String).sort().join(" ")}`;
}

/** What the server says about single places: `parameters.body.1`. */
function problemsOf(error: Error | null): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  return Object.fromEntries(
    error.fields.map(({ field, message }) => [field.replace(/^parameters\./, "").replace(/\.field$/, ""), message]),
  );
}

function WithText({ campaign, onBack, onNext }: StepProps) {
  const { t } = useTranslation("campaigns");
  const kept = campaign.message?.type === "text" ? campaign.message : undefined;
  const [body, setBody] = useState(kept?.body ?? "");
  const [instead, setInstead] = useState(kept?.default ?? "");
  const saving = useSetMessage(campaign.id);
  const isHere = useIsHere();
  const fields = campaign.recipients?.fields ?? [];
  const isKept = kept?.body === body && kept.default === instead;
  const message: Message = { type: "text", body, default: instead, previewUrl: false };
  const save = useDebouncedCallback(() => saving.mutate(message), 700);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change of the message is to be kept
  useEffect(() => {
    if (body.trim() && !isKept) save();
  }, [body, instead]);
  const next = () => {
    if (isKept) onNext();
    else whenDone(saving.mutateAsync(message), () => isHere() && onNext());
  };
  return (
    <Frame onBack={onBack} onNext={body.trim() ? next : undefined} busy={saving.isPending}>
      <div className={layout.columns}>
        <Stack gap="sm">
          <Text c="dimmed">{t("message.textHint")}</Text>
          <Textarea
            label={t("message.body")}
            description={t("message.bodyText", { example: `{{${fields[0] ?? "FirstName"}}}` })}
            autosize
            minRows={5}
            maxLength={4096}
            value={body}
            onChange={(event) => setBody(event.currentTarget.value)}
            error={saving.error?.message}
          />
          <Group gap={6} aria-label={t("message.insert")} role="group">
            {fields.map((field) => (
              <Button
                key={field}
                size="compact-xs"
                variant="default"
                onClick={() => setBody((old) => `${old}{{${field}}}`)}
              >
                {field}
              </Button>
            ))}
          </Group>
          <TextInput
            label={t("message.default")}
            maxLength={200}
            maw={300}
            value={instead}
            onChange={(event) => setInstead(event.currentTarget.value)}
          />
        </Stack>
        <div className={layout.aside}>
          <PhonePreview campaign={campaign} template={undefined} slots={[]} isKept={isKept} />
        </div>
      </div>
    </Frame>
  );
}
