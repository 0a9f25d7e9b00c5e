import { Menu, UnstyledButton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, body, type Schemas } from "../api/client";
import { agent, deskSettings } from "../api/desk";
import { useMe } from "../api/session";
import { failed } from "../ui/toasts";
import classes from "./LiveBadge.module.css";

type Presence = Schemas["Presence"];

/** Where an agent is: only somebody available is given tickets. That the page is still open the live updates tell (api/live). */
export function PresenceMenu() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const myPresence = agent(useMe().id);
  const me = useQuery(myPresence);
  const settings = useQuery(deskSettings);
  const change = useMutation({
    mutationFn: (wish: { presence: Presence; auxCode: string }) =>
      body(api.PUT("/api/v1/agents/me/presence", { body: wish })),
    onSuccess: (mine) => {
      client.setQueryData(myPresence.queryKey, mine);
      client.invalidateQueries({ queryKey: ["tickets"] });
    },
    onError: failed,
  });
  const presence = me.data?.presence ?? "offline";
  const word = me.data?.auxCode || t(`presence.${presence}`);
  return (
    <Menu width={220} withinPortal={false}>
      <Menu.Target>
        <UnstyledButton
          className={classes.badge}
          data-presence={presence}
          aria-label={t("presence.label", { presence: word })}
        >
          {word}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("presence.title")}</Menu.Label>
        {(["available", "busy", "away", "offline"] as const).map((each) => (
          <Menu.Item key={each} onClick={() => change.mutate({ presence: each, auxCode: "" })}>
            <span className={classes.choice} data-presence={each}>
              {t(`presence.${each}`)}
            </span>
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t("presence.reasons")}</Menu.Label>
        {settings.data?.auxCodes.map((code) => (
          <Menu.Item key={code.name} onClick={() => change.mutate({ presence: code.presence, auxCode: code.name })}>
            <span className={classes.choice} data-presence={code.presence}>
              {code.name}
            </span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
