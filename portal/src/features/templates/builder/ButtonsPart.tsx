import { ActionIcon, Button, Group, Menu, Stack, Text, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "./Builder.module.css";
import { BUTTON_TYPES, type ButtonType, type DraftButton, newButton, type Problem } from "./draft";
import { Problems } from "./Problems";

interface Props {
  buttons: DraftButton[];
  types?: ButtonType[];
  problems: (place: string) => Problem[] | undefined;
  onChange: (buttons: DraftButton[]) => void;
}

/** The buttons under a message, in their order. */
export function ButtonsPart({ buttons, types = BUTTON_TYPES, problems, onChange }: Props) {
  const { t } = useTranslation("templates");
  const set = (key: string, change: Partial<DraftButton>) =>
    onChange(buttons.map((each) => (each.key === key ? { ...each, ...change } : each)));
  const move = (index: number, by: number) => {
    const next = [...buttons];
    const [moved] = next.splice(index, 1);
    if (moved) next.splice(index + by, 0, moved);
    onChange(next);
  };
  return (
    <Stack gap="xs">
      {buttons.map((button, index) => (
        <div key={button.key} className={classes.inner}>
          <Group justify="space-between" mb={4} wrap="nowrap">
            <Text fw={500} fz="sm">
              {t(`builder.buttonTypes.${button.type}`)}
            </Text>
            <Group gap={2} wrap="nowrap">
              <ActionIcon
                aria-label={t("builder.moveUp", { number: index + 1 })}
                disabled={index === 0}
                onClick={() => move(index, -1)}
              >
                <IconArrowUp size={16} />
              </ActionIcon>
              <ActionIcon
                aria-label={t("builder.moveDown", { number: index + 1 })}
                disabled={index === buttons.length - 1}
                onClick={() => move(index, 1)}
              >
                <IconArrowDown size={16} />
              </ActionIcon>
              <ActionIcon
                aria-label={t("builder.removeButton", { number: index + 1 })}
                onClick={() => onChange(buttons.filter((each) => each.key !== button.key))}
              >
                <IconTrash size={16} />
              </ActionIcon>
            </Group>
          </Group>
          <Group grow align="flex-start" gap="xs">
            {button.type !== "COPY_CODE" && (
              <TextInput
                label={t("builder.buttonText")}
                maxLength={25}
                value={button.text}
                onChange={(event) => set(button.key, { text: event.currentTarget.value })}
              />
            )}
            {button.type !== "QUICK_REPLY" && (
              <TextInput
                label={t(`builder.buttonValues.${button.type}`)}
                placeholder={button.type === "URL" ? "https://" : undefined}
                value={button.value}
                onChange={(event) => set(button.key, { value: event.currentTarget.value })}
              />
            )}
          </Group>
          {button.type === "URL" &&
            (button.value.includes("{{") ? (
              <TextInput
                mt="xs"
                label={t("builder.urlSample")}
                value={button.example}
                onChange={(event) => set(button.key, { example: event.currentTarget.value })}
              />
            ) : (
              <Button
                mt={6}
                size="compact-sm"
                variant="default"
                onClick={() => set(button.key, { value: `${button.value}{{1}}` })}
              >
                {t("builder.urlVariable")}
              </Button>
            ))}
          <Problems named of={problems(String(index))} />
        </div>
      ))}
      {buttons.length < 10 && (
        <Menu position="bottom-start">
          <Menu.Target>
            <Button variant="default" leftSection={<IconPlus size={16} />} style={{ alignSelf: "start" }}>
              {t("builder.addButton")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {types.map((type) => (
              <Menu.Item key={type} onClick={() => onChange([...buttons, newButton(type)])}>
                {t(`builder.buttonTypes.${type}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </Stack>
  );
}
