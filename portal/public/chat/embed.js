/** Puts a chat on a page: <script src="https://…/chat/embed.js" data-chat="<channel id>" async></script>
 *
 * A button in the corner opens a frame from our origin, so the page and the chat cannot reach into each other.
 */
(() => {
  const script = document.currentScript;
  const chat = script.dataset.chat;
  const label = script.dataset.label || "Chat";
  const origin = new URL(script.src).origin;

  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  button.setAttribute("aria-expanded", "false");
  button.style.cssText =
    "position:fixed;inset-block-end:20px;inset-inline-end:20px;z-index:2147483000;padding:12px 20px;border:0;" +
    "border-radius:24px;background:#0b6b50;color:#fff;font:600 16px system-ui,sans-serif;cursor:pointer;" +
    "box-shadow:0 4px 16px rgb(0 0 0/.25)";

  let frame;
  function open() {
    if (!frame) {
      frame = document.createElement("iframe");
      frame.title = label;
      frame.src = `${origin}/chat/widget.html#${encodeURIComponent(chat)}`;
      frame.referrerPolicy = "strict-origin-when-cross-origin";
      frame.style.cssText =
        "position:fixed;inset-block-end:80px;inset-inline-end:20px;z-index:2147483000;inline-size:min(380px,calc(100vw - 40px));" +
        "block-size:min(560px,calc(100vh - 110px));border:0;border-radius:12px;box-shadow:0 8px 32px rgb(0 0 0/.3);background:#fff";
      document.body.append(frame);
    }
    frame.hidden = false;
    button.setAttribute("aria-expanded", "true");
    frame.focus();
  }
  function close() {
    frame.hidden = true;
    button.setAttribute("aria-expanded", "false");
    button.focus();
  }
  button.addEventListener("click", () => (frame && !frame.hidden ? close() : open()));
  addEventListener("message", (event) => {
    if (frame && event.source === frame.contentWindow && event.data === "parley:close") close();
  });
  document.body.append(button);
})();
