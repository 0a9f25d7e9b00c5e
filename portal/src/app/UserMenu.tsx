import { Menu, Text, UnstyledButton, useDirection } from "@mantine/core";
import { IconKeyboard, IconLogout } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { signOut, useMe } from "../api/session";
import { PersonMark } from "../ui/PersonMark";
import { LANGUAGES, type Language, setLanguage } from "./i18n";

export function UserMenu({ onHelp }: { onHelp: () => void }) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const { setDirection } = useDirection();
  const choose = async (language: Language) => {
    await setLanguage(language);
    setDirection(LANGUAGES[language].dir);
  };
  return (
    <Menu width={240} withinPortal={false}>
      <Menu.Target>
        <UnstyledButton style={{ borderRadius: 99 }}>
          <span className="sr-only">{t("shell.account", { name: me.name })}</span>
          <PersonMark name={me.name} size={30} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div style={{ padding: "6px 12px 8px" }}>
          <Text component="div" fw={600} truncate>
            {me.name}
          </Text>
          <Text component="div" c="dimmed" fz="xs" truncate>
            {me.email}
          </Text>
          <Text component="div" c="dimmed" fz="xs">
            {t(`role.${me.role}`)}
          </Text>
        </div>
        <Menu.Divider />
        <Menu.Item leftSection={<IconKeyboard size={16} stroke={1.6} />} onClick={onHelp}>
          {t("keys.help")}
        </Menu.Item>
        <Menu.Label>{t("shell.language")}</Menu.Label>
        <Menu.RadioGroup value={i18n.language} onChange={(value) => choose(value as Language)}>
          {(Object.keys(LANGUAGES) as Language[]).map((each) => (
            <Menu.RadioItem key={each} value={each} lang={each} closeMenuOnClick>
              {LANGUAGES[each].name}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} stroke={1.6} />} onClick={() => signOut()}>
          {t("shell.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
