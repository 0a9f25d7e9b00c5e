// One message as WhatsApp draws it. `act` is what a tap does; see app.js.
import { mediaUrl } from "./api.js";
import { clock, el, icon, ticks } from "./dom.js";
import { isJumbo, link, marked, plain } from "./markup.js";

const SHOWN_BUTTONS = 3;

export function bubble(message, act) {
  const draw = message.template ? template : DRAW[message.type] || unknown;
  const { body = [], under = [], classes = "" } = draw(message, act) || {};
  const quoted = message.context?.id || message.context?.message_id;
  const box = el(
    `div.bubble${classes}`,
    {},
    quoted && message.type !== "reaction" ? quote(act.find(quoted), act.business()) : null,
    body,
    meta(message),
  );
  return [box, under];
}

/** A line of the chat list. */
export function preview(message) {
  if (!message) return "No messages yet";
  if (message.template) return plain(message.template.body);
  const content = message.content || {};
  return {
    text: () => plain(content.body),
    image: () => `📷 ${content.caption || "Photo"}`,
    video: () => `🎬 ${content.caption || "Video"}`,
    audio: () => (content.voice ? "🎤 Voice message" : "🎵 Audio"),
    document: () => `📄 ${content.filename || "Document"}`,
    sticker: () => "Sticker",
    location: () => `📍 ${content.name || "Location"}`,
    contacts: () => `👤 ${content[0]?.name?.formatted_name || "Contact"}`,
    reaction: () => (content.emoji ? `Reacted ${content.emoji}` : "Took a reaction back"),
    button: () => content.text,
    interactive: () => plain(content.body?.text || content.button_reply?.title || content.list_reply?.title || "Form sent"),
    order: () => "🛒 Order",
    system: () => content.body,
  }[message.type]?.() || "Message";
}

const DRAW = {
  text: ({ content }) => ({ body: words(content.body) }),
  image: ({ content }) => ({ body: [media("image", content), words(content.caption)], classes: ".wide" }),
  video: ({ content }) => ({ body: [media("video", content), words(content.caption)], classes: ".wide" }),
  sticker: ({ content }) => ({ body: [el("div.sticker", {}, img(content, "Sticker"))], classes: ".sticker" }),
  audio: ({ content }) => ({ body: [el("audio", { src: mediaUrl(content.id), controls: true, preload: "none", "aria-label": content.voice ? "Voice message" : "Audio" })] }),
  document: ({ content }) => ({ body: [file(content), words(content.caption)], classes: ".wide" }),
  location: ({ content }) => ({ body: [place(content)], classes: ".wide" }),
  contacts: ({ content }) => ({
    body: content.map((card) => el("div.file", {}, icon("person"), el("span", {}, card.name?.formatted_name || "Contact", el("small", {}, card.phones?.[0]?.phone || "")))),
  }),
  button: ({ content }) => ({ body: words(content.text) }),
  interactive,
  order: ({ content }) => ({ body: [el("div.file", {}, icon("gift"), el("span", {}, "Order", el("small", {}, `${content.product_items.length} item(s)`)))] }),
};

function unknown(message) {
  return { body: [el("em.muted", {}, `A message of type ${message.type}`)] };
}

function template(message, act) {
  const shown = message.template;
  if (shown.cards) return { body: words(shown.body), under: [cards(shown.cards, message, act)] };
  const body = [header(shown.header), offer(shown.offer), words(shown.body), shown.footer ? el("p.foot", {}, shown.footer) : null];
  const made = shown.buttons.map((button) => templateButton(button, message, act));
  return { body, under: fold(made, act), classes: ".wide" };
}

/** More than three buttons: two, and a sheet with all of them. */
function fold(made, act) {
  if (!made.length) return [];
  if (made.length <= SHOWN_BUTTONS) return [el("div.buttons", {}, made)];
  const rest = made.slice(2);
  const all = tap("list", "See all options", () => act.sheet("All options", rest.map((node) => node)));
  return [el("div.buttons", {}, made.slice(0, 2), all)];
}

function templateButton(button, message, act) {
  switch (button.type) {
    case "URL":
      return isCode(button.url)
        ? tap("copy", button.text, () => act.copy(new URL(button.url).searchParams.get("code")?.replace(/^otp/, "") || ""))
        : goTo(button.text, button.url);
    case "PHONE_NUMBER":
      return tap("phone", button.text, () => act.say(`A phone would call ${button.phone_number} now.`));
    case "COPY_CODE":
      return tap("copy", button.text, () => act.copy(button.code));
    case "FLOW":
      return tap("flow", button.text, () => act.form(message, button.flow_token));
    case "QUICK_REPLY":
      return tap("reply", button.text, () =>
        act.send({ type: "button", button: { text: button.text, payload: button.payload }, context: { message_id: message.id } }));
    default:
      return tap("list", button.text || button.type, () => act.say("This button has no action on the simulated phone."));
  }
}

const isCode = (url) => url.startsWith("https://www.whatsapp.com/otp/");

function cards(list, message, act) {
  const draw = (card) => {
    const buttons = card.buttons.map((button) => templateButton(button, message, act));
    return el("li.card", {}, header(card.header), card.body ? words(card.body) : null, buttons);
  };
  return el("ul.cards", { tabIndex: 0, "aria-label": "Cards, scroll sideways" }, list.map(draw));
}

function offer(shown) {
  if (!shown) return null;
  const until = shown.expires_ms ? `ends ${new Date(shown.expires_ms).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })}` : "limited time";
  return el("div.offer", {}, icon("gift"), el("span", {}, el("strong", {}, shown.text), el("small", {}, until)));
}

function header(shown) {
  if (!shown) return null;
  if (shown.type === "text") return el("p.head-text", {}, shown.text);
  if (shown.type === "location") return place(shown.location);
  if (shown.type === "document") return file(shown.document);
  return media(shown.type === "gif" ? "video" : shown.type, shown[shown.type]);
}

function interactive(message, act) {
  const content = message.content;
  if (content.button_reply) return { body: words(content.button_reply.title) };
  if (content.list_reply) return { body: [words(content.list_reply.title), content.list_reply.description ? el("p.foot", {}, content.list_reply.description) : null] };
  if (content.nfm_reply) return { body: [el("div.file", {}, icon("flow"), el("span", {}, "Form sent"))] };
  const body = [header(content.header), words(content.body?.text), content.footer ? el("p.foot", {}, content.footer.text) : null];
  const under = (INTERACTIVE[content.type] || (() => []))(message, content.action, act);
  return { body, under, classes: ".wide" };
}

const INTERACTIVE = {
  button: (message, action, act) => fold(action.buttons.map(({ reply }) =>
    tap("reply", reply.title, () => act.send({ type: "interactive", interactive: { type: "button_reply", button_reply: reply }, context: { message_id: message.id } }))), act),
  list: (message, action, act) => fold([tap("list", action.button, () => act.choose(message, action))], act),
  cta_url: (_message, action, act) => fold([goTo(action.parameters.display_text, action.parameters.url)], act),
  flow: (message, action, act) => fold([tap("flow", action.parameters.flow_cta, () => act.form(message, action.parameters.flow_token))], act),
  location_request_message: (message, _action, act) => fold([tap("pin", "Send location", () => act.location(message))], act),
  request_contact_info: (message, _action, act) => fold([tap("person", "Share phone number", () => act.shareNumber(message))], act),
  carousel: (_message, action) => [el("ul.cards", { tabIndex: 0, "aria-label": "Cards, scroll sideways" }, action.cards.map((card) =>
    el("li.card", {}, header(card.header), words(card.body?.text), card.action.parameters ? goTo(card.action.parameters.display_text, card.action.parameters.url) : null)))],
};

const tap = (name, label, onclick) => el("button.tap", { type: "button", onclick }, icon(name), el("span", {}, label));

function goTo(label, url) {
  const node = link(url, icon("open"), el("span", {}, label));
  node.className = "tap";
  return node;
}

function words(text) {
  if (!text) return null;
  return el(`span.text${isJumbo(text) ? ".jumbo" : ""}`, {}, marked(text));
}

function media(kind, content) {
  if (!content?.id) return el("div.media.missing", {}, `No ${kind}`);
  const inner = kind === "video"
    ? el("video", { src: mediaUrl(content.id), controls: true, preload: "metadata", "aria-label": content.caption || "Video" })
    : img(content, content.caption || "Photo");
  return el("div.media", {}, inner);
}

function img(content, alt) {
  const node = el("img", { src: mediaUrl(content.id), alt, loading: "lazy" });
  node.addEventListener("error", () => node.parentElement?.replaceChildren(el("span", {}, "This picture is no longer kept")));
  return node;
}

function file(content) {
  const node = link(mediaUrl(content.id), icon("file"), el("span", {}, content.filename || "Document", el("small", {}, content.mime_type || "file")));
  node.className = "file";
  return node;
}

function place(content) {
  const where = `${Number(content.latitude).toFixed(4)}, ${Number(content.longitude).toFixed(4)}`;
  return [
    el("div.map", { role: "img", "aria-label": `Map at ${where}` }, icon("pin")),
    el("span.text", {}, el("strong", {}, content.name || "Location"), `\n${content.address || where}`),
  ];
}

function quote(message, business) {
  if (!message) return null;
  return el("div.quote", {}, el("strong", {}, message.out ? "You" : business), el("span", {}, preview(message)));
}

function meta(message) {
  const status = message.out ? (message.read_by_business ? "read" : "delivered") : null;
  return el("span.meta", {}, el("time", { dateTime: new Date(message.at * 1000).toISOString() }, clock(message.at)), status ? ticks(status) : null);
}

export { quote };
