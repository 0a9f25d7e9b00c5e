import { Button, Group, SegmentedControl, Stack, Title } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { MediaField } from "../../../ui/MediaField";
import classes from "./Builder.module.css";
import { ButtonsPart } from "./ButtonsPart";
import { type Draft, type DraftCard, newCard, newKey, type Problem } from "./draft";
import { Problems } from "./Problems";
import { TextPart } from "./TextPart";

interface Props {
  draft: Draft;
  problems: Map<string, Problem[]>;
  set: (change: Partial<Draft>) => void;
}

/** The cards of a carousel: all have the same parts. */
export function CardsPart({ draft, problems, set }: Props) {
  const { t } = useTranslation("templates");
  const change = (key: string, values: Partial<DraftCard>) =>
    set({ cards: draft.cards.map((each) => (each.key === key ? { ...each, ...values } : each)) });
  const add = () => {
    const like = draft.cards.at(-1);
    const buttons = like?.buttons.map((each) => ({ ...each, key: newKey() }));
    set({ cards: [...draft.cards, { ...newCard(), ...(buttons && { buttons }) }] });
  };
  return (
    <Stack gap="sm">
      <SegmentedControl
        style={{ alignSelf: "start" }}
        aria-label={t("builder.cardMedia")}
        value={draft.cardMedia}
        data={(["image", "video"] as const).map((value) => ({ value, label: t(`builder.headers.${value}`) }))}
        onChange={(value) => set({ cardMedia: value as Draft["cardMedia"] })}
      />
      <Problems of={problems.get("carousel")} />
      {draft.cards.map((card, index) => (
        <section key={card.key} className={classes.inner} aria-label={t("builder.card", { number: index + 1 })}>
          <Group justify="space-between" mb="xs">
            <Title order={3}>{t("builder.card", { number: index + 1 })}</Title>
            {draft.cards.length > 2 && (
              <Button
                size="compact-sm"
                variant="default"
                leftSection={<IconTrash size={15} />}
                onClick={() => set({ cards: draft.cards.filter((each) => each.key !== card.key) })}
              >
                {t("builder.removeCard")}
              </Button>
            )}
          </Group>
          <Stack gap="sm">
            <MediaField
              label={t("builder.cardFile", { number: index + 1 })}
              accept={draft.cardMedia === "image" ? "image/jpeg,image/png" : "video/mp4"}
              value={card.file}
              onChange={(file) => change(card.key, { file })}
            />
            <div>
              <TextPart
                label={t("builder.cardText", { number: index + 1 })}
                most={160}
                text={card.body}
                samples={card.samples}
                onText={(body) => change(card.key, { body })}
                onSamples={(samples) => change(card.key, { samples })}
              />
            </div>
            <ButtonsPart
              buttons={card.buttons}
              types={["QUICK_REPLY", "URL", "PHONE_NUMBER"]}
              problems={() => undefined}
              onChange={(buttons) => change(card.key, { buttons })}
            />
            <Problems named of={problems.get(`card.${index}`)} />
          </Stack>
        </section>
      ))}
      {draft.cards.length < 10 && (
        <Button variant="default" leftSection={<IconPlus size={16} />} style={{ alignSelf: "start" }} onClick={add}>
          {t("builder.addCard")}
        </Button>
      )}
    </Stack>
  );
}
