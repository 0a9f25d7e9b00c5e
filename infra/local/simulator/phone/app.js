// The phone: who plays, which chat is open, and what a tap or a key does.
import * as api from "./api.js";
import { bubble, preview, quote } from "./bubbles.js";
import { clock, dayName, el, icon, initials } from "./dom.js";
import { area, check, choice, field, formSheet, personChoice, sheet } from "./sheets.js";

const $ = (id) => document.getElementById(id);
const state = { me: null, number: null, numbers: [], customer: null, chats: [], chat: null, quoting: null };
const drawn = new Map();

for (const [id, name] of [["back", "back"], ["attach", "plus"], ["send", "send"], ["quoting-cancel", "close"]]) $(id).append(icon(name));

// --- Where we are: #customer/business in the address, so that a reload and a bookmark come back here.

function place() {
  const [me, number] = location.hash.slice(1).split("/");
  return { me: /^\d{7,15}$/.test(me) ? me : null, number: number || null };
}

function go(me, number) {
  location.hash = number ? `${me}/${number}` : me;
}

async function arrive() {
  const { me, number } = place();
  if (me !== state.me && me) {
    localStorage.setItem("me", me);
    // A person reads by looking, not by a timer.
    await api.change(me, { reads: false });
  }
  if (me !== state.me || number !== state.number) {
    drawn.clear();
    $("messages").replaceChildren();
    unquote();
  }
  Object.assign(state, { me, number, chat: null });
  await refresh();
  if (number) $("text").focus({ preventScroll: true });
}

// --- Reading

let running = null;
let again = false;

/** One refresh at a time; what is asked for meanwhile is done once, after it. */
async function refresh() {
  if (running) {
    again = true;
    return running;
  }
  running = load().catch((error) => say(error.message));
  await running;
  running = null;
  if (again) {
    again = false;
    await refresh();
  }
}

async function load() {
  state.numbers = await api.numbers();
  if (state.me) {
    const found = await api.chats(state.me);
    Object.assign(state, { customer: found.customer, chats: found.chats });
    if (state.number) state.chat = await api.chat(state.me, state.number);
  }
  drawSide();
  drawChat();
  await readOpenChat();
}

async function readOpenChat() {
  if (!state.chat || document.hidden) return;
  if (state.chat.messages.some((message) => !message.out && message.status === "delivered")) await api.read(state.me, state.number);
}

// --- Drawing

function drawSide() {
  const { customer } = state;
  $("me-avatar").textContent = customer ? initials(customer.name) : "?";
  $("me-name").textContent = customer?.name || "Nobody yet";
  $("me-number").textContent = customer ? `+${customer.wa_id}${customer.hides_phone ? " · hidden" : ""}${customer.online ? "" : " · phone is off"}` : "";
  const lines = new Map(state.chats.map((line) => [line.phone_number_id, line]));
  const order = [...state.numbers].sort((a, b) => (lines.get(b.id)?.seq || 0) - (lines.get(a.id)?.seq || 0));
  $("chats").replaceChildren(...(state.me ? order.map((number) => chatLine(number, lines.get(number.id))) : []));
  $("phone").classList.toggle("talking", Boolean(state.me && state.number));
}

function chatLine(number, line) {
  const unread = line?.unread && number.id !== state.number ? el("span.badge", { "aria-label": `${line.unread} unread` }, line.unread) : null;
  return el("li", {},
    el("button.chat-line", { type: "button", "aria-current": number.id === state.number ? "true" : null, onclick: () => go(state.me, number.id) },
      el("span.avatar.business", { "aria-hidden": "true" }, initials(number.name)),
      el("span.words", {},
        el("span.top", {}, el("strong", {}, number.name), el("span.when", {}, line?.last ? clock(line.last.at) : "")),
        el("span.preview", {}, el("span", {}, line?.last ? preview(line.last) : number.display_phone_number), unread))));
}

function drawChat() {
  const number = state.numbers.find((one) => one.id === state.number);
  const open = Boolean(state.me && number && state.chat);
  $("empty").hidden = open;
  $("chat").hidden = !open;
  if (!open) return;
  $("chat-avatar").textContent = initials(number.name);
  $("chat-name").textContent = number.name;
  $("chat-state").textContent = chatState(number);
  const promotions = state.chat.stopped ? "Resume promotions" : "Stop promotions";
  $("promotions").replaceChildren(icon(state.chat.stopped ? "gift" : "stop"), el("span", {}, promotions));
  drawMessages();
}

function chatState(number) {
  const { typing_seconds, window_closes, now } = state.chat;
  if (typing_seconds > 0) {
    setTimeout(refresh, typing_seconds * 1000 + 200);
    return "typing…";
  }
  if (!window_closes) return `${number.display_phone_number} · service window closed`;
  const hours = (window_closes - now) / 3600;
  return `${number.display_phone_number} · window open for ${hours >= 1 ? `${Math.floor(hours)} h` : `${Math.ceil(hours * 60)} min`}`;
}

function drawMessages() {
  const list = $("messages");
  const scroll = $("scroll");
  const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 120;
  const nodes = [];
  const reactions = reactionsByMessage();
  let day = null;
  let side = null;
  for (const message of state.chat.messages.filter((one) => one.type !== "reaction")) {
    const name = dayName(message.at, state.chat.now);
    if (name !== day) nodes.push(keep(`day:${name}`, () => el("li.day", {}, name)));
    if (name !== day) side = null;
    day = name;
    const turn = side !== message.out;
    side = message.out;
    const emoji = (reactions.get(message.id) || []).join("");
    nodes.push(keep(JSON.stringify([message, turn, emoji]), () => messageNode(message, turn, emoji)));
  }
  if (!nodes.length) nodes.push(keep("none", () => el("li.note", {}, "No messages yet. Say hello: your first message opens the 24-hour window.")));
  const grew = list.children.length !== nodes.length;
  list.replaceChildren(...nodes);
  if (atEnd || !grew) scroll.scrollTop = atEnd ? scroll.scrollHeight : scroll.scrollTop;
}

/** The same thing is drawn once: a voice message goes on playing while others arrive. */
function keep(key, make) {
  if (!drawn.has(key)) drawn.set(key, make());
  return drawn.get(key);
}

function reactionsByMessage() {
  const latest = new Map();
  for (const one of state.chat.messages) if (one.type === "reaction") latest.set(`${one.content.message_id}:${one.out}`, one);
  const found = new Map();
  for (const one of latest.values()) {
    const at = one.content.message_id;
    if (one.content.emoji) found.set(at, [...(found.get(at) || []), one.content.emoji]);
  }
  return found;
}

function messageNode(message, turn, emoji) {
  if (message.type === "system") return el("li.note", {}, message.content.body);
  const classes = `${message.out ? ".out" : ""}${turn ? ".turn" : ""}${emoji ? ".reacted" : ""}`;
  const acts = el("div.acts", {},
    el("button.icon", { type: "button", "aria-label": "React", onclick: () => react(message) }, icon("smile")),
    el("button.icon", { type: "button", "aria-label": "Quote", onclick: () => quoteMessage(message) }, icon("reply")));
  return el(`li.message${classes}`, {}, bubble(message, act), acts, emoji ? el("span.reactions", {}, emoji) : null);
}

// --- Acting

const act = {
  find: (id) => state.chat.messages.find((message) => message.id === id),
  business: () => state.numbers.find((one) => one.id === state.number)?.name || "Business",
  send,
  say,
  copy: async (text) => {
    await navigator.clipboard?.writeText(text).catch(() => null);
    say(`Copied ${text}`);
  },
  sheet: (title, nodes) => sheet(title, () => el("div.buttons", {}, nodes.map((node) => node))),
  choose: chooseRow,
  form: fillForm,
  location: (message) => sendLocation({ message_id: message.id }),
  shareNumber: (message) => send({
    type: "contacts", origin: "contact_request", context: { message_id: message.id },
    contacts: [{ name: { formatted_name: state.customer.name }, phones: [{ phone: `+${state.me}`, wa_id: state.me }] }],
  }),
};

async function send(message) {
  try {
    await api.write(state.me, { phone_number_id: state.number, ...message });
    $("scroll").scrollTop = $("scroll").scrollHeight;
    await refresh();
    $("scroll").scrollTop = $("scroll").scrollHeight;
    return true;
  } catch (error) {
    say(error.message);
    return false;
  }
}

function chooseRow(message, action) {
  sheet(action.button, (close) => el("div.choices", {}, action.sections.map((section) => [
    section.title ? el("h3", {}, section.title) : null,
    section.rows.map((row) => choice("reply", row.title, row.description, () => {
      close();
      send({ type: "interactive", interactive: { type: "list_reply", list_reply: row }, context: { message_id: message.id } });
    })),
  ])));
}

function fillForm(message, token) {
  formSheet("Fill in the form", [area("Answers as JSON", "answers", '{\n  "name": "Ana"\n}')], "Send", async ({ answers }) => {
    const response = { ...JSON.parse(answers), flow_token: token };
    await send({ type: "interactive", context: { message_id: message.id }, interactive: { type: "nfm_reply", nfm_reply: { name: "flow", body: "Sent", response_json: JSON.stringify(response) } } });
  });
}

function react(message) {
  sheet("React", (close) => el("div.emoji", {}, [..."👍❤😂😮🙏"].map((emoji) =>
    el("button", { type: "button", "aria-label": `React with ${emoji}`, onclick: () => { close(); send({ type: "reaction", reaction: { message_id: message.id, emoji } }); } }, emoji)),
    el("button", { type: "button", "aria-label": "Take the reaction back", onclick: () => { close(); send({ type: "reaction", reaction: { message_id: message.id } }); } }, "✕")));
}

function quoteMessage(message) {
  state.quoting = message;
  $("quoting-text").replaceChildren(...quote(message, act.business()).childNodes);
  const scroll = $("scroll");
  const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 5;
  $("quoting").hidden = false;
  if (atEnd) scroll.scrollTop = scroll.scrollHeight;
  $("text").focus();
}

function unquote() {
  state.quoting = null;
  $("quoting").hidden = true;
}

function attach() {
  sheet("Send", (close) => {
    const then = (fn) => () => { close(); fn(); };
    return el("div.choices", {},
      choice("image", "Photo or video", "JPEG, PNG, MP4", then(() => pick("image/*,video/*", sendFile))),
      choice("voice", "Voice message", "an audio file, sent as a voice note", then(() => pick("audio/*", (file) => sendFile(file, true)))),
      choice("file", "Document", "PDF, Office, text", then(() => pick("", (file) => sendFile(file, false, true)))),
      choice("pin", "Location", null, then(() => sendLocation())),
      choice("person", "Contact", null, then(sendContact)),
      choice("stop", "The word STOP", "as people type it to opt out", then(() => send({ type: "text", text: { body: "STOP" } }))));
  });
}

function pick(accept, use) {
  const input = el("input", { type: "file", accept });
  input.addEventListener("change", () => input.files[0] && use(input.files[0]));
  input.click();
}

async function sendFile(file, voice = false, asDocument = false) {
  const family = file.type.split("/")[0];
  const type = !asDocument && ["image", "video", "audio"].includes(family) ? family : "document";
  try {
    const { id } = await api.upload(file);
    const content = { id, ...(type === "document" ? { filename: file.name } : {}), ...(type === "audio" ? { voice } : {}) };
    await send({ type, [type]: content });
  } catch (error) {
    say(error.message);
  }
}

function sendLocation(context) {
  formSheet("Send a location", [
    field("Name", "name", { value: "Gardens by the Bay" }),
    field("Address", "address", { value: "18 Marina Gardens Drive, Singapore" }),
    el("div.pair", {}, field("Latitude", "latitude", { value: "1.2816", inputMode: "decimal" }), field("Longitude", "longitude", { value: "103.8636", inputMode: "decimal" })),
  ], "Send", async (values) => {
    const location = { ...values, latitude: Number(values.latitude), longitude: Number(values.longitude) };
    if (Number.isNaN(location.latitude + location.longitude)) throw new Error("Latitude and longitude are numbers, such as 1.2816");
    await send({ type: "location", location, ...(context ? { context } : {}) });
  });
}

function sendContact() {
  formSheet("Send a contact", [field("Name", "name", { required: true }), field("Phone number", "phone", { required: true, inputMode: "tel" })], "Send",
    ({ name, phone }) => send({ type: "contacts", contacts: [{ name: { formatted_name: name }, phones: [{ phone, type: "CELL" }] }] }));
}

async function switchPerson() {
  const people = await api.people().catch(() => []);
  formSheet("Who are you?", [
    field("Phone number, with country code", "number", { inputMode: "tel", autocomplete: "off", required: true, placeholder: "+65 9123 4567", hint: "Any number will do: the person is made up on first sight." }),
    people.length ? el("div.choices", {}, people.slice(0, 50).map((person) => personChoice(person, (event) => {
      event.currentTarget.closest("dialog").close();
      go(person.wa_id, state.number || state.numbers[0]?.id);
    }))) : null,
  ], "Play this customer", ({ number }) => {
    const digits = number.replace(/\D/g, "");
    if (digits.length < 7 || digits.length > 15) throw new Error("A phone number has 7 to 15 digits, its country code included.");
    go(digits, state.number || state.numbers[0]?.id);
  });
}

function editPerson() {
  if (!state.customer) return switchPerson();
  const { customer } = state;
  return formSheet("You", [
    field("Name", "name", { value: customer.name, required: true }),
    field("Username", "username", { value: customer.username || "", placeholder: "none", hint: "People with a username may hide their number." }),
    check("Hide my phone number", "Businesses see a user id instead, unless they wrote to the number in the last 30 days.", "hides_phone", customer.hides_phone),
    check("My phone is on", "While it is off, messages stay at one tick; they arrive when it comes on.", "online", customer.online),
  ], "Save", async (values) => {
    await api.change(state.me, { name: values.name, username: values.username || null, hides_phone: Boolean(values.hides_phone), online: Boolean(values.online) });
    await refresh();
  });
}

let toastTimer = 0;
function say(words) {
  $("toast").textContent = words;
  $("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { $("toast").hidden = true; }, 4000);
}

// --- Wiring

$("me").addEventListener("click", editPerson);
$("switch").addEventListener("click", switchPerson);
$("empty-switch").addEventListener("click", switchPerson);
$("back").addEventListener("click", () => go(state.me));
$("attach").addEventListener("click", attach);
$("quoting-cancel").addEventListener("click", unquote);
$("promotions").addEventListener("click", async () => {
  const value = state.chat.stopped ? "resume" : "stop";
  await api.prefer(state.me, state.number, value).catch((error) => say(error.message));
  say(value === "stop" ? "The business is told that you want no more promotions." : "The business is told that promotions are welcome again.");
  await refresh();
});
$("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = $("text").value.trim();
  if (!body) return;
  const context = state.quoting ? { context: { message_id: state.quoting.id } } : {};
  $("text").value = "";
  grow();
  unquote();
  if (!(await send({ type: "text", text: { body }, ...context }))) $("text").value = body;
});
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("composer").requestSubmit();
  }
});
$("text").addEventListener("input", grow);

function grow() {
  const text = $("text");
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight + 2, 130)}px`;
}

document.addEventListener("visibilitychange", () => !document.hidden && refresh());
window.addEventListener("hashchange", arrive);
api.listen((changed) => (changed === "*" || changed === state.me || !state.me) && refresh());
if (!location.hash && localStorage.getItem("me")) go(localStorage.getItem("me"));
arrive();
