import { type InfiniteData, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { useMe } from "../../api/session";
import { Ask } from "../../ui/Ask";
import { messages } from "./data";
import { answeredSince } from "./lines";
import { useWords } from "./Onlookers";
import { useOnlooked } from "./presence";

interface Held {
  title: string;
  act: () => void;
}

/** Lets a reply go, unless somebody else writes one at the moment or has sent one since this one was begun: then it asks first. */
export function useCollision(ticketId: string, isBegun: boolean): [(act: () => void) => void, ReactNode] {
  const { t } = useTranslation();
  const client = useQueryClient();
  const me = useMe();
  const onlooked = useOnlooked();
  const words = useWords();
  const [held, setHeld] = useState<Held>();
  const thread = () => {
    const pages = client.getQueryData<InfiniteData<Schemas["MessagePage"]>>(messages(ticketId).queryKey);
    return pages?.pages.flatMap((page) => page.items) ?? [];
  };
  // The newest message when the first letter was typed.
  const begun = useRef<string>(undefined);
  if (!isBegun) begun.current = undefined;
  else begun.current ??= thread()[0]?.id;
  const guard = (act: () => void) => {
    const typing = onlooked(ticketId).filter((each) => each.state === "typing");
    const answer = begun.current && answeredSince(thread(), begun.current, me.id);
    if (answer) setHeld({ title: t("onlookers.answered", { name: answer.sender.name }), act });
    else if (typing.length > 0) setHeld({ title: words(typing), act });
    else act();
  };
  const dialog = held && (
    <Ask
      title={held.title}
      text={t("onlookers.collision")}
      yes={t("onlookers.sendAnyway")}
      no={t("onlookers.wait")}
      danger={false}
      onClose={() => setHeld(undefined)}
      onYes={async () => held.act()}
    />
  );
  return [guard, dialog];
}
