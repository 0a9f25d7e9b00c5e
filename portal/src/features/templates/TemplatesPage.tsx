import { Alert, Button, Group, SegmentedControl, Select, Stack, Text, Title } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { IconCopy, IconEdit, IconPlus, IconRefresh, IconSearch, IconTemplate, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { whatsappNumbers } from "../../api/channels";
import { useMay } from "../../api/session";
import { DataTable } from "../../ui/DataTable";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { Phone } from "../../ui/Phone";
import { Pill, type Tone } from "../../ui/Pill";
import { SearchField } from "../../ui/SearchField";
import { TemplatePreview } from "../../ui/TemplatePreview";
import { shown, slotsOf, type Template } from "../../ui/templates";
import { done } from "../../ui/toasts";
import { useFormat } from "../../ui/useFormat";
import layout from "../../ui/WithAside.module.css";
import { whenDone } from "../../ui/whenDone";
import { DeleteDialog, Performance, Usage } from "./Details";
import { templates, useSync } from "./data";
import type { TemplatesSearch } from "./search";
import classes from "./Templates.module.css";
import { en } from "./words";

const STATUS_TONES: Record<string, Tone> = {
  APPROVED: "good",
  PENDING: "busy",
  REJECTED: "bad",
  PAUSED: "warn",
  DISABLED: "bad",
};
const QUALITY_TONES: Record<string, Tone> = { GREEN: "good", YELLOW: "warn", RED: "bad" };

const keyOf = (template: Template) => `${template.name} ${template.language}`;

export function TemplatesPage() {
  const { t } = useTranslation("templates");
  const may = useMay();
  const search = useSearch({ from: "/templates" });
  const navigate = useNavigate({ from: "/templates" });
  const numbers = useQuery(whatsappNumbers);
  const channelId = search.channel || numbers.data?.items[0]?.id || "";
  const found = useQuery({ ...templates(channelId), enabled: Boolean(channelId) });
  const sync = useSync(channelId);
  const set = (change: TemplatesSearch) =>
    navigate({ to: ".", search: (old) => ({ ...old, ...change }), replace: true, resetScroll: false });
  const aside = useRef<HTMLElement>(null);
  const isBelow = useMediaQuery("(max-width: 62em)");
  const show = (template: Template) => {
    set({ open: keyOf(template) });
    // Below the list it would open out of sight.
    if (isBelow) aside.current?.focus();
  };
  const error = numbers.error ?? found.error;
  const all = found.data?.items;
  const fitting = all?.filter((each) => fits(each, search));
  const open = fitting?.find((each) => keyOf(each) === search.open) ?? fitting?.[0];
  const channel = numbers.data?.items.find((each) => each.id === channelId);
  return (
    <Page
      title={t("title")}
      text={t("text")}
      width={1180}
      actions={
        may("templates:write") && (
          <>
            <Button
              variant="default"
              leftSection={<IconRefresh size={16} />}
              loading={sync.isPending}
              disabled={!channelId}
              onClick={() =>
                whenDone(sync.mutateAsync(undefined), (result) => done(t("synced", { count: result.templates })))
              }
            >
              {t("sync")}
            </Button>
            <Button
              renderRoot={(props) => (
                <Link to="/templates/new" search={{ channel: channelId || undefined }} {...props} />
              )}
              leftSection={<IconPlus size={16} />}
            >
              {t("create")}
            </Button>
          </>
        )
      }
    >
      <Filters
        search={search}
        set={set}
        languages={[...new Set(all?.map((each) => each.language))].sort()}
        numbers={(numbers.data?.items ?? []).map((each) => ({
          value: each.id,
          label: `${each.verifiedName || each.name} ${each.displayPhoneNumber}`,
        }))}
        channelId={channelId}
      />
      {error ? (
        <ErrorState error={error} retry={() => (numbers.error ? numbers.refetch() : found.refetch())} />
      ) : all?.length === 0 ? (
        <EmptyState icon={IconTemplate} title={t("none")} text={t("noneText")} />
      ) : fitting?.length === 0 ? (
        <EmptyState icon={IconSearch} title={t("nothingFits")} text={t("nothingFitsText")} />
      ) : (
        <div className={layout.columns}>
          <List rows={fitting} onOpen={show} />
          <section ref={aside} tabIndex={-1} className={`${layout.aside} ${classes.aside}`} aria-label={open?.name}>
            {open && (
              <Shown
                key={keyOf(open)}
                template={open}
                channelId={channelId}
                from={channel?.verifiedName || channel?.name || "WhatsApp"}
              />
            )}
          </section>
        </div>
      )}
    </Page>
  );
}

function fits(template: Template, { q = "", templateStatus, category, language }: TemplatesSearch): boolean {
  const text = `${template.name} ${template.name.replaceAll("_", " ")} ${shown(template, {}).body}`.toLocaleLowerCase();
  return (
    q
      .toLocaleLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word)) &&
    (!templateStatus || template.status === templateStatus) &&
    (!category || template.category === category) &&
    (!language || template.language === language)
  );
}

interface FiltersProps {
  search: TemplatesSearch;
  set: (change: TemplatesSearch) => void;
  languages: string[];
  numbers: { value: string; label: string }[];
  channelId: string;
}

function Filters({ search, set, languages, numbers, channelId }: FiltersProps) {
  const { t } = useTranslation("templates");
  const options = <Names extends object>(names: Names, group: "statuses" | "categories") =>
    Object.keys(names).map((value) => ({ value, label: t(`${group}.${value}` as "statuses.APPROVED") }));
  return (
    <Group mb="sm" gap="xs">
      {numbers.length > 1 && (
        <Select
          aria-label={t("number")}
          allowDeselect={false}
          w={240}
          value={channelId}
          data={numbers}
          onChange={(channel) => set({ channel: channel ?? undefined })}
        />
      )}
      <SearchField label={t("search")} value={search.q} onSearch={(q) => set({ q })} />
      <Select
        aria-label={t("status")}
        placeholder={t("anyStatus")}
        clearable
        w={140}
        value={search.templateStatus ?? null}
        data={options(en.statuses, "statuses")}
        onChange={(status) => set({ templateStatus: status ?? undefined })}
      />
      <Select
        aria-label={t("category")}
        placeholder={t("anyCategory")}
        clearable
        w={150}
        value={search.category ?? null}
        data={options(en.categories, "categories")}
        onChange={(category) => set({ category: category ?? undefined })}
      />
      <Select
        aria-label={t("language")}
        placeholder={t("anyLanguage")}
        clearable
        w={150}
        value={search.language ?? null}
        data={languages}
        onChange={(language) => set({ language: language ?? undefined })}
      />
    </Group>
  );
}

function useNames() {
  const { t } = useTranslation("templates");
  return {
    status: (of: string) => (of in en.statuses ? t(`statuses.${of as "APPROVED"}`) : of),
    category: (of: string) => (of in en.categories ? t(`categories.${of as "UTILITY"}`) : of),
    quality: (of: string) => t(`qualities.${(of in en.qualities ? of : "UNKNOWN") as "GREEN"}`),
  };
}

function List({ rows, onOpen }: { rows: Template[] | undefined; onOpen: (template: Template) => void }) {
  const { t } = useTranslation("templates");
  const names = useNames();
  return (
    <DataTable
      label={t("title")}
      rows={rows}
      keyOf={keyOf}
      stacks
      columns={[
        {
          id: "name",
          title: t("name"),
          cell: (template) => (
            <>
              <button type="button" className={classes.name} onClick={() => onOpen(template)}>
                {template.name}
              </button>
              <span className={classes.snippet} dir="auto">
                {shown(template, {}).body}
              </span>
            </>
          ),
        },
        { id: "language", title: t("language"), cell: (template) => template.language },
        { id: "category", title: t("category"), cell: (template) => names.category(template.category) },
        {
          id: "status",
          title: t("status"),
          cell: (template) => (
            <Pill tone={STATUS_TONES[template.status] ?? "neutral"}>{names.status(template.status)}</Pill>
          ),
        },
        {
          id: "quality",
          title: t("quality"),
          cell: (template) => (
            <Pill tone={QUALITY_TONES[template.quality] ?? "neutral"}>{names.quality(template.quality)}</Pill>
          ),
        },
      ]}
    />
  );
}

/** One template as the customer sees it, with the examples Meta was given. */
function Shown({ template, channelId, from }: { template: Template; channelId: string; from: string }) {
  const { t } = useTranslation("templates");
  const format = useFormat();
  const names = useNames();
  const mayWrite = useMay()("templates:write");
  const [tab, setTab] = useState<"looks" | "health">("looks");
  const [deleting, remove] = useDisclosure();
  const slots = slotsOf(template);
  const examples = Object.fromEntries(slots.filter((slot) => slot.example).map((slot) => [slot.id, slot.example]));
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <Title order={2} style={{ overflowWrap: "anywhere" }}>
          {template.name}
        </Title>
        <Pill>{template.language}</Pill>
      </Group>
      {mayWrite && (
        <Group gap={6}>
          <Button
            renderRoot={(props) => (
              <Link to="/templates/new" search={{ channel: channelId, change: keyOf(template) }} {...props} />
            )}
            variant="default"
            size="compact-sm"
            leftSection={<IconEdit size={15} />}
          >
            {t("action.change")}
          </Button>
          <Button
            renderRoot={(props) => (
              <Link to="/templates/new" search={{ channel: channelId, copy: keyOf(template) }} {...props} />
            )}
            variant="default"
            size="compact-sm"
            leftSection={<IconCopy size={15} />}
          >
            {t("duplicate")}
          </Button>
          <Button variant="default" size="compact-sm" leftSection={<IconTrash size={15} />} onClick={remove.open}>
            {t("delete.action")}
          </Button>
        </Group>
      )}
      <SegmentedControl
        aria-label={t("show")}
        value={tab}
        onChange={(value) => setTab(value as "looks" | "health")}
        data={[
          { value: "looks", label: t("preview") },
          { value: "health", label: t("performance.title") },
        ]}
      />
      {template.status !== "APPROVED" && template.reason && template.reason !== "NONE" && (
        <Alert color="yellow" title={names.status(template.status)}>
          {t("why", { reason: template.reason })}
        </Alert>
      )}
      {tab === "looks" ? (
        <>
          <Phone from={from} label={t("preview")}>
            <TemplatePreview shown={shown(template, examples)} />
          </Phone>
          <div>
            <Text fw={600} fz="sm">
              {t("slots")}
            </Text>
            {slots.length === 0 && (
              <Text c="dimmed" fz="sm">
                {t("noSlots")}
              </Text>
            )}
            {slots.map((slot) => (
              <Text key={slot.id} fz="sm" c="dimmed">
                {slot.kind === "text" ? `{{${slot.name}}}` : slot.name}{" "}
                {slot.example && t("example", { example: slot.example })}
              </Text>
            ))}
          </div>
        </>
      ) : (
        <>
          <Performance channelId={channelId} template={template} />
          <Text fw={600} fz="sm">
            {t("usage.title")}
          </Text>
          <Usage channelId={channelId} template={template} />
        </>
      )}
      <Text c="dimmed" fz="xs">
        {t("asOf", { when: format.dateTime(template.syncedAt) })}
      </Text>
      {deleting && <DeleteDialog channelId={channelId} template={template} onClose={remove.close} />}
    </Stack>
  );
}
