import { Burger, Group, Kbd, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay, useMe } from "../api/session";
import { useShortcuts } from "../ui/shortcuts";
import { ColorSchemeButton } from "./ColorSchemeButton";
import { LiveBadge } from "./LiveBadge";
import { Menu } from "./Menu";
import { placesFor } from "./navigation";
import { PresenceMenu } from "./Presence";
import classes from "./Shell.module.css";
import { UserMenu } from "./UserMenu";

const Commands = lazy(() => import("./Commands").then((file) => ({ default: file.Commands })));
const KeyboardHelp = lazy(() => import("./KeyboardHelp").then((file) => ({ default: file.KeyboardHelp })));

export function Shell() {
  const { t } = useTranslation();
  const [menuOpen, menu] = useDisclosure();
  const [commandsOpen, commands] = useDisclosure();
  const [helpOpen, help] = useDisclosure();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const me = useMe();
  const mayChat = me.kind === "person" && me.role !== "administrator" && me.permissions.includes("tickets:write");
  useGoKeys();
  useShortcuts([
    { key: "mod+k", label: t("keys.commands"), run: commands.toggle },
    { key: "?", label: t("keys.help"), run: help.open },
  ]);
  useFocusOnArrival();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu of a narrow screen closes when one arrives
  useEffect(menu.close, [path]);
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#content">
        {t("shell.skip")}
      </a>
      <header className={classes.header}>
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger
            opened={menuOpen}
            onClick={menu.toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label={t("shell.menu")}
            aria-expanded={menuOpen}
          />
          <UnstyledButton className={classes.search} onClick={commands.open}>
            <IconSearch size={16} stroke={1.75} aria-hidden />
            <Text span truncate fz="sm">
              {t("shell.search")}
            </Text>
            <Kbd size="xs" visibleFrom="sm" ms="auto">
              Ctrl K
            </Kbd>
          </UnstyledButton>
          <Group gap="xs" ms="auto" wrap="nowrap">
            <LiveBadge />
            {mayChat && <PresenceMenu />}
            <ColorSchemeButton />
            <UserMenu onHelp={help.open} />
          </Group>
        </Group>
      </header>
      <Menu open={menuOpen} onClose={menu.close} />
      <main id="content" className={classes.main} tabIndex={-1}>
        <Outlet />
      </main>
      <Suspense>
        {commandsOpen && <Commands onClose={commands.close} />}
        {helpOpen && <KeyboardHelp onClose={help.close} />}
      </Suspense>
    </div>
  );
}

/** The link that led to a page is gone with the page it was on: the focus goes into the new one, not to the top of the window. */
function useFocusOnArrival(): void {
  const arrived = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const before = useRef(arrived);
  useEffect(() => {
    const isFirst = before.current === undefined;
    before.current = arrived;
    if (isFirst) return;
    const frame = requestAnimationFrame(() => {
      if (document.activeElement === document.body) document.getElementById("content")?.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [arrived]);
}

/** `g`, then a letter, goes to a page. */
function useGoKeys(): void {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const places = placesFor(useMay()).flatMap((group) => group.places);
  const [going, setGoing] = useState(false);
  useEffect(() => {
    if (!going) return;
    const timer = setTimeout(() => setGoing(false), 1500);
    return () => clearTimeout(timer);
  }, [going]);
  useShortcuts([{ key: "g", label: t("keys.go"), run: () => setGoing(true) }]);
  useShortcuts(
    going
      ? places.map((place) => ({
          key: place.key,
          label: t(place.label),
          run: () => {
            setGoing(false);
            navigate({ to: place.to });
          },
        }))
      : [],
  );
}
