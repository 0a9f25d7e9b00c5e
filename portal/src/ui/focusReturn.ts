/** Gives the focus back to what opened a dialog or a menu. Mantine does so when `opened` turns false; ours are taken out of the page. */

const OVER = "[role=dialog], [role=menu]";

let opener: HTMLElement | undefined;
let isOver = false;

function onFocus(event: FocusEvent): void {
  if (!(event.target instanceof HTMLElement)) return;
  isOver = event.target.closest(OVER) !== null;
  if (!isOver) opener = event.target;
}

function onChange(): void {
  if (!isOver || document.activeElement !== document.body || document.querySelector(OVER)) return;
  isOver = false;
  if (opener?.isConnected) opener.focus({ preventScroll: true });
}

export function watchFocus(): void {
  document.addEventListener("focusin", onFocus);
  new MutationObserver(onChange).observe(document.body, { childList: true, subtree: true });
}
