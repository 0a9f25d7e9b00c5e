/** Who else has a ticket on their screen, and who is writing there: two people must not answer one customer. */
import { useDocumentVisibility } from "@mantine/hooks";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { api, body, type Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { useNow } from "../../ui/useNow";

export type Onlooker = Schemas["Onlooker"];
type State = Schemas["Looking"]["state"];
type Onlooked = Record<string, Onlooker[]>;

/** A word holds for 45 seconds on the server. */
const AGAIN_MS = 20_000;
/** Who stays is not announced again: while somebody is there, it is asked. */
const ASK_MS = 30_000;
/** What was heard longer ago says nothing any more: the network is away, for instance. */
const FADES_MS = 75_000;
/** Several people who come at once are read once. */
const TOGETHER_MS = 400;
const PAUSE_MS = 10_000;
const NOBODY: Onlooker[] = [];
/** One's other windows speak for themselves: this one's "gone" does not mean that one is gone. */
const WINDOW = Math.random().toString(36).slice(2);

/** One question for all tickets of the lists, however many there are. */
const onlooked = queryOptions({
  queryKey: ["ticket_presence"],
  queryFn: async ({ signal }): Promise<Onlooked> => {
    const { items } = await body(api.GET("/api/v1/tickets/presence", { signal }));
    return Object.fromEntries(items.map((each) => [each.ticketId, each.people]));
  },
  refetchInterval: ({ state }) => (state.data && Object.keys(state.data).length > 0 ? ASK_MS : false),
});

/** The other people on each ticket. */
export function useOnlooked(): (ticketId: string) => Onlooker[] {
  const { data, dataUpdatedAt } = useQuery(onlooked);
  const isHeard = useNow() - dataUpdatedAt < FADES_MS;
  return (ticketId) => (isHeard && data?.[ticketId]) || NOBODY;
}

let asking: ReturnType<typeof setTimeout> | undefined;

/** Somebody came to a ticket of this page, went, or began to write. */
export function askAgain(): void {
  if (asking !== undefined) return;
  asking = setTimeout(() => {
    asking = undefined;
    queries.invalidateQueries({ queryKey: onlooked.queryKey });
  }, TOGETHER_MS);
}

/** What has not been said yet waits for what was said before: "gone" must not overtake "viewing". */
let said: Promise<unknown> = Promise.resolve();

function say(ticketId: string, state: State): void {
  said = said.then(() => tell(ticketId, state)).catch(() => undefined); // the next word, 20 seconds later, makes up for a lost one
}

async function tell(ticketId: string, state: State): Promise<void> {
  const { people } = await body(
    api.POST("/api/v1/tickets/{ticketId}/presence", {
      params: { path: { ticketId } },
      body: { state, window: WINDOW },
      keepalive: true, // a page that is being closed still says so
    }),
  );
  queries.setQueryData(onlooked.queryKey, (before) => before && { ...before, [ticketId]: people });
}

/** Shows the others that this page has the ticket open, for as long as it is looked at. */
export function useShowing(ticketId: string, isTyping: boolean): void {
  const isVisible = useDocumentVisibility() === "visible";
  const state = isVisible ? (isTyping ? "typing" : "viewing") : "gone";
  useEffect(() => {
    say(ticketId, state);
    if (state === "gone") return;
    const timer = setInterval(() => say(ticketId, state), AGAIN_MS);
    return () => clearInterval(timer);
  }, [ticketId, state]);
  useEffect(() => {
    // A page that is closed or reloaded has no time left to draw itself anew.
    const leave = () => say(ticketId, "gone");
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, [ticketId]);
}

/** Whether something was typed in the last few seconds, and how to say so. */
export function useTyping(): [boolean, (isOn: boolean) => void] {
  const [isTyping, setTyping] = useState(false);
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);
  const note = useCallback((isOn: boolean) => {
    clearTimeout(pause.current);
    setTyping(isOn);
    if (isOn) pause.current = setTimeout(() => setTyping(false), PAUSE_MS);
  }, []);
  useEffect(() => () => clearTimeout(pause.current), []);
  return [isTyping, note];
}
