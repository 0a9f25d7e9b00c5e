import { Group, Select, Skeleton, Stack, TextInput } from "@mantine/core";
import { IconSearch, IconTemplate } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../../../ui/EmptyState";
import { ErrorState } from "../../../ui/ErrorState";
import { Pill } from "../../../ui/Pill";
import { shown, type Template } from "../../../ui/templates";
import { approvedTemplates } from "../data";
import classes from "./Wizard.module.css";

const CATEGORIES = ["MARKETING", "UTILITY", "AUTHENTICATION"] as const;

/** The approved templates of a number, by name, words, category and language. */
export function TemplatePicker({ channelId, onChoose }: { channelId: string; onChoose: (template: Template) => void }) {
  const { t } = useTranslation("campaigns");
  const found = useQuery(approvedTemplates(channelId));
  const [words, setWords] = useState("");
  const [category, setCategory] = useState<string | null>(null);
  const [language, setLanguage] = useState<string | null>(null);
  if (found.error) return <ErrorState error={found.error} retry={() => found.refetch()} />;
  const all = found.data?.items;
  const languages = [...new Set(all?.map((each) => each.language))].sort();
  const fitting = all?.filter(
    (each) =>
      matches(each, words) && (!category || each.category === category) && (!language || each.language === language),
  );
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <TextInput
          aria-label={t("message.search")}
          placeholder={t("message.search")}
          leftSection={<IconSearch size={15} aria-hidden />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          style={{ flex: "1 1 180px" }}
        />
        <Select
          aria-label={t("message.category")}
          placeholder={t("message.anyCategory")}
          clearable
          w={150}
          value={category}
          onChange={setCategory}
          data={CATEGORIES.map((each) => ({ value: each, label: t(`message.categories.${each}`) }))}
        />
        <Select
          aria-label={t("message.language")}
          placeholder={t("message.anyLanguage")}
          clearable
          w={150}
          value={language}
          onChange={setLanguage}
          data={languages}
        />
      </Group>
      {!fitting && <Skeleton h={180} />}
      {fitting?.length === 0 && (
        <EmptyState icon={IconTemplate} title={t("message.nothing")} text={t("message.nothingText")} />
      )}
      <ul
        className={classes.templates}
        aria-label={t("message.list")}
        style={{ listStyle: "none", margin: 0, padding: 0 }}
      >
        {fitting?.map((each) => (
          <li key={`${each.name} ${each.language}`}>
            <button type="button" className={classes.template} onClick={() => onChoose(each)}>
              <b>{each.name}</b>
              <Group gap={6}>
                <Pill tone={each.category === "MARKETING" ? "busy" : "neutral"}>{categoryName(each, t)}</Pill>
                <Pill>{each.language}</Pill>
              </Group>
              <span className={classes.snippet} dir="auto">
                {shown(each, {}).body}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Stack>
  );
}

function categoryName(
  template: Template,
  t: (key: `message.categories.${(typeof CATEGORIES)[number]}`) => string,
): string {
  const known = CATEGORIES.find((each) => each === template.category);
  return known ? t(`message.categories.${known}`) : template.category;
}

function matches(template: Template, words: string): boolean {
  const text = `${template.name} ${template.name.replaceAll("_", " ")} ${shown(template, {}).body}`.toLocaleLowerCase();
  return words
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
