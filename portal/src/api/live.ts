/** How news arrives. The badge in the header shows it; pages read `useLive`. */
import { useSyncExternalStore } from "react";

export type LiveState = "live" | "polling" | "offline";

let state: LiveState = navigator.onLine ? "polling" : "offline";
const listeners = new Set<() => void>();

export function useLive(): LiveState {
  return useSyncExternalStore(subscribe, () => state);
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

window.addEventListener("online", () => set("polling"));
window.addEventListener("offline", () => set("offline"));
