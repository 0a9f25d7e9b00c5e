/** How news arrives. The badge in the header shows which way; pages only read their queries. */
import { useSyncExternalStore } from "react";
import { queries } from "./queries";

export type LiveState = "live" | "polling" | "offline";

const POLL_MS = 5_000;
/** What others change while one looks at it. */
const MOVING = ["tickets", "ticket", "agents", "campaigns", "campaign"];

let state: LiveState = navigator.onLine ? "polling" : "offline";
const listeners = new Set<() => void>();

export function useLive(): LiveState {
  return useSyncExternalStore(subscribe, () => state);
}

/** Reads again what is on the screen; what is not is read when it is next opened. */
function poll(): void {
  if (state !== "polling" || document.visibilityState !== "visible") return;
  for (const name of MOVING)
    queries.invalidateQueries({ queryKey: [name], refetchType: "active" }, { cancelRefetch: false });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function set(next: LiveState): void {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

window.addEventListener("online", () => {
  set("polling");
  poll();
});
window.addEventListener("offline", () => set("offline"));
document.addEventListener("visibilitychange", poll);
setInterval(poll, POLL_MS);
