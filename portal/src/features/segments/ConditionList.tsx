import { ActionIcon, Button, Menu, Stack, Text } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ConditionFields } from "./ConditionFields";
import { addable, begun, type Condition } from "./conditions";
import classes from "./Segments.module.css";

interface Props {
  conditions: Condition[];
  onChange: (conditions: Condition[]) => void;
  isReadOnly: boolean;
}

/** All that must be true of a contact, one line each. */
export function ConditionList({ conditions, onChange, isReadOnly }: Props) {
  const { t } = useTranslation("segments");
  const kinds = addable(conditions);
  return (
    <fieldset className={classes.conditions} disabled={isReadOnly}>
      <legend>{t("all")}</legend>
      {conditions.length === 0 && (
        <Text c="dimmed" fz="sm">
          {t("everybody")}
        </Text>
      )}
      <Stack gap="xs">
        {conditions.map((condition, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a condition is its place in the list
          <div key={index} className={classes.condition}>
            <ConditionFields condition={condition} onChange={(changed) => onChange(conditions.with(index, changed))} />
            {!isReadOnly && (
              <ActionIcon
                aria-label={t("drop", { name: t(`kinds.${condition.kind}`) })}
                onClick={() => onChange(conditions.filter((_, place) => place !== index))}
              >
                <IconTrash size={16} stroke={1.6} />
              </ActionIcon>
            )}
          </div>
        ))}
      </Stack>
      {!isReadOnly && kinds.length > 0 && (
        <Menu position="bottom-start">
          <Menu.Target>
            <Button variant="default" size="xs" mt="sm" leftSection={<IconPlus size={14} />}>
              {t("add")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {kinds.map((kind) => (
              <Menu.Item key={kind} onClick={() => onChange([...conditions, begun(kind)])}>
                {t(`kinds.${kind}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </fieldset>
  );
}
