/** Keys that do something, wherever they are declared; the help (`?`) lists what is declared on the open page. */
import { useEffect, useRef, useSyncExternalStore } from "react";

export interface Shortcut {
  /** `j`, `?`, `mod+k`, `mod+enter`. */
  key: string;
  label: string;
  run: () => void;
  /** A key with Ctrl that does something else in a text: copying, undoing. */
  outsideText?: boolean;
}

const KEPT = "parley.single-keys";
let declared: Shortcut[] = [];
let singleKeys = localStorage.getItem(KEPT) !== "off";
const listeners = new Set<() => void>();

export function useShortcuts(shortcuts: Shortcut[]): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  const names = shortcuts.map((each) => `${each.key} ${each.label}`).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: declared anew only when keys or labels change; `run` is read when pressed
  useEffect(() => {
    const mine = latest.current.map((each, index) => ({ ...each, run: () => latest.current[index]?.run() }));
    declared = [...declared, ...mine];
    tell();
    return () => {
      declared = declared.filter((each) => !mine.includes(each));
      tell();
    };
  }, [names]);
}

export function useDeclaredShortcuts(): Shortcut[] {
  return useSyncExternalStore(subscribe, () => declared);
}

export function useSingleKeys(): [boolean, (on: boolean) => void] {
  const on = useSyncExternalStore(subscribe, () => singleKeys);
  return [on, setSingleKeys];
}

function setSingleKeys(on: boolean): void {
  singleKeys = on;
  localStorage.setItem(KEPT, on ? "on" : "off");
  tell();
}

/** The name of a key press, as shortcuts write it. */
export function keyOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">): string {
  const key = event.key.toLowerCase();
  return event.ctrlKey || event.metaKey ? `mod+${key}` : event.altKey ? `alt+${key}` : key;
}

export function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const pressed = keyOf(event);
  if (!pressed.includes("+") && (!singleKeys || isTyping(event.target) || isDialogOpen())) return;
  // What was declared last is the innermost part of the page: it goes first.
  const found = declared.findLast((each) => each.key === pressed);
  if (!found || (found.outsideText && (isTyping(event.target) || isTextSelected() || isDialogOpen()))) return;
  event.preventDefault();
  found.run();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable=true]");
}

/** Text of the page itself: what a field that was left behind has selected is not meant, and its range is collapsed. */
function isTextSelected(): boolean {
  const selection = window.getSelection();
  return selection !== null && selection.rangeCount > 0 && !selection.getRangeAt(0).collapsed;
}

function isDialogOpen(): boolean {
  const open = [...document.querySelectorAll("[role=dialog], [role=menu], [role=listbox]")];
  // Closed lists stay in the page, unseen.
  return open.some((each) => each.checkVisibility?.() ?? true);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}

if (typeof window !== "undefined") window.addEventListener("keydown", onKeyDown);
