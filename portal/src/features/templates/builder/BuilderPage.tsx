import {
  Alert,
  Button,
  Checkbox,
  Group,
  NumberInput,
  SegmentedControl,
  Select,
  Skeleton,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconCheck, IconSend } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { whatsappNumbers } from "../../../api/channels";
import { ApiError } from "../../../api/client";
import { ErrorState } from "../../../ui/ErrorState";
import { MediaField } from "../../../ui/MediaField";
import { Page } from "../../../ui/Page";
import { Phone } from "../../../ui/Phone";
import { TemplatePreview } from "../../../ui/TemplatePreview";
import { shownParts } from "../../../ui/templates";
import { done } from "../../../ui/toasts";
import layout from "../../../ui/WithAside.module.css";
import { useIsHere, whenDone } from "../../../ui/whenDone";
import { templates } from "../data";
import classes from "./Builder.module.css";
import { ButtonsPart } from "./ButtonsPart";
import { CardsPart } from "./CardsPart";
import { check, useSubmit } from "./data";
import {
  asName,
  categoryOf,
  componentsOf,
  type Draft,
  fromTemplate,
  HEADERS,
  type HeaderKind,
  KINDS,
  type Kind,
  type Problem,
  placed,
  toShown,
  toSketch,
  valuesOf,
  variablesOf,
} from "./draft";
import { keepDraft, keptDraft } from "./kept";
import { languageOptions } from "./languages";
import { Problems } from "./Problems";
import { TextPart } from "./TextPart";

/** A new template, a copy of one, or the change of one: opened with the draft it begins with. */
export function BuilderPage() {
  const { t } = useTranslation("templates");
  const search = useSearch({ from: "/templates/new" });
  const numbers = useQuery(whatsappNumbers);
  const channelId = search.channel || numbers.data?.items[0]?.id || "";
  const named = search.copy ?? search.change;
  const all = useQuery({ ...templates(channelId), enabled: Boolean(channelId && named) });
  const error = numbers.error ?? all.error;
  const title = t(search.change ? "builder.changeTitle" : search.copy ? "builder.copyTitle" : "builder.title");
  const origin = all.data?.items.find((each) => `${each.name} ${each.language}` === named);
  if (error || (named && all.data && !origin)) {
    return (
      <Page title={title}>
        <ErrorState error={error ?? new Error(t("builder.gone"))} retry={() => all.refetch()} />
      </Page>
    );
  }
  if (!channelId || (named && !origin)) {
    return (
      <Page title={title}>
        <Skeleton h={400} radius={10} />
      </Page>
    );
  }
  const begun = origin ? fromTemplate(origin) : keptDraft();
  const channel = numbers.data?.items.find((each) => each.id === channelId);
  return (
    <Builder
      key={`${channelId} ${named}`}
      title={title}
      channelId={channelId}
      from={channel?.verifiedName || channel?.name || "WhatsApp"}
      begun={search.copy ? { ...begun, name: `${begun.name}_copy` } : begun}
      isChange={Boolean(search.change)}
      isNew={!named}
    />
  );
}

interface BuilderProps {
  title: string;
  channelId: string;
  from: string;
  begun: Draft;
  isChange: boolean;
  isNew: boolean;
}

function Builder({ title, channelId, from, begun, isChange, isNew }: BuilderProps) {
  const { t, i18n } = useTranslation("templates");
  const navigate = useNavigate();
  const [draft, setDraft] = useState(begun);
  const [tried, setTried] = useState(false);
  const [touched, setTouched] = useState<Set<string>>(new Set());
  const set = (change: Partial<Draft>) => {
    setDraft((old) => ({ ...old, ...change }));
    setTouched((old) => new Set([...old, ...Object.keys(change)]));
  };
  useEffect(() => {
    if (isNew) keepDraft(draft);
  }, [draft, isNew]);
  const sketch = toSketch(draft);
  const [asked] = useDebouncedValue(sketch, 400);
  const checked = useQuery(check(asked));
  const submit = useSubmit(channelId, isChange);
  const isHere = useIsHere();
  const refused = submit.error instanceof ApiError ? submit.error.fields : [];
  const { sections } = componentsOf(draft);
  const rules = checked.data?.problems ?? [];
  const problems = placed([...rules, ...refused.map((each) => ({ ...each, warning: false }))], sections);
  const wrong = rules.filter((each) => !each.warning).length;
  // An empty form is not full of mistakes: what was not written yet is told when one submits.
  const at = (place: string, ...fields: (keyof Draft)[]) =>
    tried || fields.some((field) => touched.has(field)) || !isNew ? problems.get(place) : undefined;
  const send = () => {
    setTried(true);
    if (wrong > 0) return;
    whenDone(submit.mutateAsync(sketch), ({ template }) => {
      keepDraft(undefined);
      done(t("builder.submitted", { name: template.name }));
      if (isHere())
        navigate({ to: "/templates", search: { channel: channelId, open: `${template.name} ${template.language}` } });
    });
  };
  const code = draft.kind === "authentication";
  const kinds = KINDS.map((value) => ({ value, label: t(`builder.kinds.${value}`) }));
  return (
    <Page
      title={title}
      text={t("builder.text")}
      width={1180}
      actions={
        <Button component={Link} to="/templates" variant="default">
          {t("action.cancel")}
        </Button>
      }
    >
      <div className={layout.columns}>
        <Stack gap="md">
          <PartCard title={t("builder.frame")}>
            <Stack gap="sm">
              <TextInput
                label={t("builder.name")}
                description={t("builder.nameText")}
                value={draft.name}
                disabled={isChange}
                onChange={(event) => set({ name: asName(event.currentTarget.value) })}
              />
              <Problems of={at("name", "name")} />
              <Group grow align="flex-start">
                <Select
                  label={t("language")}
                  searchable
                  allowDeselect={false}
                  disabled={isChange}
                  value={draft.language}
                  data={languageOptions(i18n.language)}
                  onChange={(language) => language && set({ language })}
                />
                <Select
                  label={t("category")}
                  allowDeselect={false}
                  disabled={isChange || code || draft.kind === "offer"}
                  value={categoryOf(draft)}
                  data={(["MARKETING", "UTILITY", ...(code ? ["AUTHENTICATION" as const] : [])] as const).map(
                    (value) => ({
                      value,
                      label: t(`categories.${value}`),
                    }),
                  )}
                  onChange={(category) => category && set({ category: category as Draft["category"] })}
                />
              </Group>
              <Problems of={[...(problems.get("language") ?? []), ...(problems.get("category") ?? [])]} />
              {!isChange && (
                <div>
                  <Text fz="sm" fw={500} mb={4}>
                    {t("builder.kind")}
                  </Text>
                  <SegmentedControl
                    visibleFrom="sm"
                    aria-label={t("builder.kind")}
                    value={draft.kind}
                    data={kinds}
                    onChange={(kind) => set({ kind: kind as Kind })}
                  />
                  <Select
                    hiddenFrom="sm"
                    aria-label={t("builder.kind")}
                    allowDeselect={false}
                    value={draft.kind}
                    data={kinds}
                    onChange={(kind) => kind && set({ kind: kind as Kind })}
                  />
                  <Text c="dimmed" fz="xs" mt={4}>
                    {t(`builder.kindTexts.${draft.kind}`)}
                  </Text>
                </div>
              )}
            </Stack>
          </PartCard>
          {code ? (
            <CodePart draft={draft} set={set} />
          ) : (
            <>
              {draft.kind !== "carousel" && (
                <HeaderPart draft={draft} set={set} at={at} offer={draft.kind === "offer"} />
              )}
              {draft.kind === "offer" && (
                <PartCard title={t("builder.offer")}>
                  <TextInput
                    label={t("builder.offerText")}
                    maxLength={16}
                    value={draft.offerText}
                    onChange={(event) => set({ offerText: event.currentTarget.value })}
                  />
                  <Checkbox
                    mt="sm"
                    label={t("builder.offerExpires")}
                    checked={draft.offerExpires}
                    onChange={(event) => set({ offerExpires: event.currentTarget.checked })}
                  />
                  <Problems of={at("offer", "offerText")} />
                </PartCard>
              )}
              <PartCard title={t("builder.body")}>
                <TextPart
                  label={t("builder.bodyText")}
                  most={draft.kind === "offer" ? 600 : 1024}
                  text={draft.body}
                  samples={draft.samples}
                  onText={(body) => set({ body })}
                  onSamples={(samples) => set({ samples })}
                />
                <Problems of={at("body", "body")} />
                <Problems of={at("samples", "samples")} />
              </PartCard>
              {draft.kind === "standard" && (
                <PartCard title={t("builder.footer")}>
                  <TextInput
                    label={t("builder.footerText")}
                    maxLength={60}
                    value={draft.footer}
                    onChange={(event) => set({ footer: event.currentTarget.value })}
                  />
                  <Problems of={at("footer", "footer")} />
                </PartCard>
              )}
              {draft.kind === "carousel" ? (
                <PartCard title={t("builder.cards")}>
                  <CardsPart draft={draft} problems={tried || touched.has("cards") ? problems : new Map()} set={set} />
                </PartCard>
              ) : (
                <PartCard title={t("builder.buttons")}>
                  <Problems of={at("buttons", "buttons")} />
                  <ButtonsPart
                    buttons={draft.buttons}
                    problems={(index) => at(`button.${index}`, "buttons")}
                    onChange={(buttons) => set({ buttons })}
                  />
                </PartCard>
              )}
            </>
          )}
        </Stack>
        <Stack gap="sm" className={layout.aside}>
          <Phone from={from} label={t("preview")}>
            <TemplatePreview shown={shownParts(toShown(draft), valuesOf(draft), "")} />
          </Phone>
          <Problems of={at("whole", "body", "buttons", "cards", "header")} />
          {submit.error && refused.length === 0 && (
            <Alert color="red" role="alert">
              {submit.error.message}
            </Alert>
          )}
          {checked.error ? (
            <Alert color="yellow">{checked.error.message}</Alert>
          ) : tried && wrong > 0 ? (
            <Alert color="red" role="alert">
              {t("builder.wrong", { count: wrong })}
            </Alert>
          ) : (
            wrong === 0 &&
            checked.data && (
              <Group gap={6} c="dimmed">
                <IconCheck size={16} aria-hidden />
                <Text fz="sm">{t("builder.fits")}</Text>
              </Group>
            )
          )}
          <Button leftSection={<IconSend size={16} />} loading={submit.isPending} onClick={send}>
            {t("builder.submit")}
          </Button>
          <Text c="dimmed" fz="xs">
            {t("builder.submitText")}
          </Text>
        </Stack>
      </div>
    </Page>
  );
}

function PartCard({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.part} aria-label={title}>
      <Title order={2} mb="sm">
        {title}
      </Title>
      {children}
    </section>
  );
}

interface PartProps {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
}

const ACCEPTS: Partial<Record<HeaderKind, string>> = {
  image: "image/jpeg,image/png",
  video: "video/mp4",
  document: "application/pdf",
};

function HeaderPart({
  draft,
  set,
  at,
  offer,
}: PartProps & {
  at: (place: string, ...fields: (keyof Draft)[]) => Problem[] | undefined;
  offer: boolean;
}) {
  const { t } = useTranslation("templates");
  const accept = ACCEPTS[draft.header];
  const [name] = variablesOf(draft.headerText);
  const kinds = offer ? HEADERS.filter((kind) => kind === "none" || kind === "image" || kind === "video") : HEADERS;
  return (
    <PartCard title={t("builder.header")}>
      <Select
        aria-label={t("builder.headerKind")}
        allowDeselect={false}
        value={draft.header}
        data={kinds.map((value) => ({ value, label: t(`builder.headers.${value}`) }))}
        onChange={(header) => header && set({ header: header as HeaderKind, file: undefined })}
      />
      {draft.header === "text" && (
        <Stack gap="xs" mt="sm">
          <TextInput
            label={t("builder.headerText")}
            maxLength={60}
            value={draft.headerText}
            onChange={(event) => set({ headerText: event.currentTarget.value })}
          />
          {name && (
            <TextInput
              label={t("builder.sampleOf", { name: `{{${name}}}` })}
              value={draft.headerSample}
              onChange={(event) => set({ headerSample: event.currentTarget.value })}
            />
          )}
        </Stack>
      )}
      {accept && (
        <div style={{ marginTop: 12 }}>
          <MediaField
            key={draft.header}
            label={t("builder.headerFile")}
            description={t("builder.headerFileText")}
            accept={accept}
            value={draft.file}
            onChange={(file) => set({ file })}
          />
        </div>
      )}
      <Problems of={at("header", "headerText")} />
      <Problems of={at("headerSample", "headerText", "headerSample", "header", "file")} />
    </PartCard>
  );
}

function CodePart({ draft, set }: PartProps) {
  const { t } = useTranslation("templates");
  return (
    <PartCard title={t("builder.code")}>
      <Text c="dimmed" mb="sm">
        {t("builder.codeText")}
      </Text>
      <Checkbox
        label={t("builder.security")}
        checked={draft.security}
        onChange={(event) => set({ security: event.currentTarget.checked })}
      />
      <NumberInput
        mt="sm"
        maw={260}
        label={t("builder.expires")}
        min={1}
        max={90}
        value={draft.expiresMinutes ?? ""}
        onChange={(value) => set({ expiresMinutes: typeof value === "number" ? value : null })}
      />
    </PartCard>
  );
}
