import { Combobox, Kbd, Modal, ScrollArea, Text, TextInput, useCombobox } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "../api/session";
import { useDeclaredShortcuts } from "../ui/shortcuts";
import { placesFor } from "./navigation";

interface Command {
  id: string;
  label: string;
  hint?: string;
  icon?: ReactNode;
  run: () => void;
}

/** Ctrl K: go to a page, or do what the open page can do. */
export function Commands({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [query, setQuery] = useState("");
  const groups = useGroups(query);
  // The list is always open; Escape, which would close it, closes the bar.
  const combobox = useCombobox({ opened: true, onDropdownClose: onClose });
  const first = groups[0]?.commands[0]?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: Enter runs the first of what is left
  useEffect(() => {
    combobox.selectFirstOption();
  }, [first]);
  const run = (id: string) => {
    onClose();
    groups
      .flatMap((group) => group.commands)
      .find((each) => each.id === id)
      ?.run();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      yOffset="12dvh"
      centered={false}
      attributes={{ content: { "aria-label": t("keys.commands") } }}
    >
      <Combobox store={combobox} onOptionSubmit={run}>
        <Combobox.EventsTarget>
          <TextInput
            data-autofocus
            variant="unstyled"
            size="md"
            px="sm"
            leftSection={<IconSearch size={18} stroke={1.6} />}
            placeholder={t("shell.search")}
            aria-label={t("shell.search")}
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
          />
        </Combobox.EventsTarget>
        <ScrollArea.Autosize
          mah={380}
          style={{ borderTop: "1px solid var(--parley-line)" }}
          p={6}
          viewportProps={{ tabIndex: 0 }}
        >
          <Combobox.Options aria-label={t("keys.commands")}>
            {groups.map((group) => (
              <Combobox.Group key={group.label} label={group.label}>
                {group.commands.map((each) => (
                  <Combobox.Option
                    key={each.id}
                    value={each.id}
                    style={{ display: "flex", alignItems: "center", gap: 10 }}
                  >
                    {each.icon}
                    {each.label}
                    {each.hint && (
                      <Kbd size="xs" ms="auto">
                        {each.hint}
                      </Kbd>
                    )}
                  </Combobox.Option>
                ))}
              </Combobox.Group>
            ))}
          </Combobox.Options>
          {groups.length === 0 && (
            <Text c="dimmed" p="md" ta="center" role="status">
              {t("shell.nothingFound")}
            </Text>
          )}
        </ScrollArea.Autosize>
      </Combobox>
    </Modal>
  );
}

function useGroups(query: string): { label: string; commands: Command[] }[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const places = placesFor(useMay()).flatMap((group) => group.places);
  const declared = useDeclaredShortcuts();
  const [actions] = useState(() => declared.filter((each) => each.key !== "mod+k" && each.key !== "g"));
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const fits = (command: Command) => words.every((word) => command.label.toLocaleLowerCase().includes(word));
  const pages = places.map((place) => ({
    id: place.to,
    label: t(place.label),
    hint: `g ${place.key}`,
    icon: <place.icon size={16} stroke={1.6} aria-hidden />,
    run: () => void navigate({ to: place.to }),
  }));
  const onThisPage = actions.map((each) => ({
    id: each.key,
    label: each.label,
    hint: each.key.replace("mod+", "Ctrl "),
    run: each.run,
  }));
  return [
    { label: t("shell.goTo"), commands: pages.filter(fits) },
    { label: t("shell.here"), commands: onThisPage.filter(fits) },
  ].filter((group) => group.commands.length > 0);
}
