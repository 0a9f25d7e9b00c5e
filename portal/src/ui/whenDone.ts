import { useEffect, useRef } from "react";
import { failed } from "./toasts";

/**
 * What follows an act: `then` with its answer, or the refusal as a toast. It hangs on the act itself: callbacks handed to
 * a mutation's `mutate()` never run when the part of the page that asked has gone meanwhile, as a row goes that a search
 * no longer finds, or a dialog that was closed.
 */
export function whenDone<Answer>(
  act: Promise<Answer>,
  then: (answer: Answer) => unknown = () => undefined,
  refused: (error: unknown) => unknown = failed,
): void {
  act.then(then, refused);
}

/** For mutations that tell of a refusal themselves. */
export const toldAlready = () => undefined;

/** Whether the part of the page that asks is still there: only then may what it asked for lead on to another place. */
export function useIsHere(): () => boolean {
  const here = useRef(false);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  return () => here.current;
}
