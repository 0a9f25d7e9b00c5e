import { ActionIcon, Button, Group, Modal, SegmentedControl, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconSend, IconTrash } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { TemplatePreview } from "../../ui/TemplatePreview";
import { type Choices, LIMITS, problemsOf, toInteractive } from "./interactive";
import type { Sending } from "./reply";

const EMPTY = { title: "", description: "" };

/** A question the customer answers by a tap: up to three buttons, or a list. */
export function ChoicesDialog({
  text,
  onSend,
  onClose,
}: {
  text: string;
  onSend: (sending: Sending) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [choices, setChoices] = useState<Choices>({
    kind: "button",
    body: text,
    opener: t("choices.openerExample"),
    options: [EMPTY, EMPTY],
  });
  const [tried, setTried] = useState(false);
  const limits = LIMITS[choices.kind];
  const problems = problemsOf(choices);
  const change = (more: Partial<Choices>) => setChoices((before) => ({ ...before, ...more }));
  const changeOption = (index: number, more: Partial<typeof EMPTY>) =>
    change({ options: choices.options.map((each, place) => (place === index ? { ...each, ...more } : each)) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (problems.length > 0) return;
    onSend({ id: crypto.randomUUID(), message: toInteractive(choices), preview: choices.body.trim() });
    onClose();
  };
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={t("choices.title")}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form onSubmit={submit} noValidate>
        <Stack>
          <SegmentedControl
            aria-label={t("choices.kind")}
            value={choices.kind}
            onChange={(kind) =>
              change({
                kind: kind as Choices["kind"],
                options: choices.options.slice(0, LIMITS[kind as Choices["kind"]].options),
              })
            }
            data={[
              { value: "button", label: t("choices.buttons") },
              { value: "list", label: t("choices.list") },
            ]}
          />
          <Group align="flex-start" gap="lg">
            <Stack gap="sm" style={{ flex: "1 1 260px" }}>
              <Textarea
                label={t("choices.body")}
                autosize
                minRows={2}
                dir="auto"
                maxLength={limits.body}
                value={choices.body}
                onChange={(event) => change({ body: event.currentTarget.value })}
                data-autofocus
              />
              {choices.kind === "list" && (
                <TextInput
                  label={t("choices.opener")}
                  maxLength={LIMITS.list.opener}
                  value={choices.opener}
                  onChange={(event) => change({ opener: event.currentTarget.value })}
                />
              )}
              {choices.options.map((option, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: an option is its place
                <Group key={index} gap={6} wrap="nowrap" align="flex-end">
                  <TextInput
                    style={{ flex: 1 }}
                    label={t("choices.option", { number: index + 1 })}
                    maxLength={limits.title}
                    value={option.title}
                    onChange={(event) => changeOption(index, { title: event.currentTarget.value })}
                  />
                  {choices.kind === "list" && (
                    <TextInput
                      style={{ flex: 1 }}
                      label={t("choices.description")}
                      maxLength={LIMITS.list.description}
                      value={option.description}
                      onChange={(event) => changeOption(index, { description: event.currentTarget.value })}
                    />
                  )}
                  <ActionIcon
                    size={34}
                    aria-label={t("choices.remove", { number: index + 1 })}
                    onClick={() => change({ options: choices.options.filter((_, place) => place !== index) })}
                  >
                    <IconTrash size={16} stroke={1.6} />
                  </ActionIcon>
                </Group>
              ))}
              {choices.options.length < limits.options && (
                <Button
                  variant="default"
                  leftSection={<IconPlus size={16} />}
                  onClick={() => change({ options: [...choices.options, EMPTY] })}
                >
                  {t("choices.add")}
                </Button>
              )}
            </Stack>
            <TemplatePreview
              shown={{
                body: choices.body,
                footer: "",
                buttons: (choices.kind === "button" ? choices.options.map((each) => each.title) : [choices.opener])
                  .filter(Boolean)
                  .map((text) => ({ type: "QUICK_REPLY", text })),
              }}
            />
          </Group>
          {tried && problems.length > 0 && (
            <Text c="var(--mantine-color-error)" role="alert">
              {problems.map((each) => t(`choices.problem.${each}`)).join(" ")}
            </Text>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" rightSection={<IconSend size={15} />}>
              {t("composer.send")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
