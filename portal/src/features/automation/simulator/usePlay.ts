import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useMe } from "../../../api/session";
import { type Play, simulate, type Walkthrough } from "../data";
import type { JsonObject, Turn, Workflow } from "../model/document";

/** A play against what is on the canvas: it is played anew when the canvas changes. */
export function usePlay(document: Workflow) {
  const { accountId } = useMe();
  const [turns, setTurns] = useState<Turn[]>([]);
  const [trigger, setTrigger] = useState<JsonObject>();
  const { layout: _, tests: __, ...definition } = document.definition;
  const played = { ...document, definition };
  const found = useQuery({
    queryKey: ["workflow-play", played, turns, trigger],
    queryFn: () => simulate(accountId, played, { turns, ...(trigger && { trigger }) } as unknown as Play),
    enabled: turns.length > 0 || trigger !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
  const begun = turns.length > 0 || trigger !== undefined;
  const result: Walkthrough | undefined = begun ? found.data : undefined;
  return {
    turns,
    trigger,
    result,
    error: begun ? found.error : null,
    isBusy: found.isFetching,
    act: (turn: Turn) => setTurns((before) => [...before, turn]),
    start: setTrigger,
    takeBack: () => setTurns((before) => before.slice(0, -1)),
    startOver: () => {
      setTurns([]);
      setTrigger(undefined);
    },
  };
}
