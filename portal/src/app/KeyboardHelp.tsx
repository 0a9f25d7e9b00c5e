import { Group, Kbd, Modal, Stack, Switch, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useDeclaredShortcuts, useSingleKeys } from "../ui/shortcuts";

export function KeyboardHelp({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const declared = useDeclaredShortcuts();
  const [shortcuts] = useState(declared);
  const [single, setSingle] = useSingleKeys();
  return (
    <Modal opened onClose={onClose} title={t("keys.help")} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Stack gap={6} component="ul" p={0} m={0} style={{ listStyle: "none" }}>
        {shortcuts.map((each) => (
          <Group key={`${each.key} ${each.label}`} component="li" justify="space-between" wrap="nowrap">
            <Text>{each.label}</Text>
            <Group gap={4} wrap="nowrap">
              {each.key.split("+").map((part) => (
                <Kbd key={part}>{part === "mod" ? "Ctrl" : part}</Kbd>
              ))}
            </Group>
          </Group>
        ))}
      </Stack>
      <Switch
        mt="lg"
        label={t("keys.single")}
        description={t("keys.singleText")}
        checked={single}
        onChange={(event) => setSingle(event.currentTarget.checked)}
      />
    </Modal>
  );
}
