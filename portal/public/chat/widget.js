/** The chat in its frame: begins a session, sends what is written, and asks for what was said. No library, no build. */
const chat = decodeURIComponent(location.hash.slice(1));
const api = `/api/v1/webchat/${encodeURIComponent(chat)}`;
const place = `parley-chat-${chat}`;
const BUSY_MS = 2_500;
const IDLE_MS = 15_000;

const [name, log, state, form, text] = ["name", "log", "state", "form", "text"].map((id) => document.getElementById(id));
/** Messages on the screen by id; one's own stand there before the server has them. */
const shown = new Map();
let token = kept();
let last = "";
let timer;

/** Some browsers give frames no storage: the talk then lasts as long as the page. */
function kept(value) {
  try {
    if (value !== undefined) localStorage.setItem(place, value);
    return localStorage.getItem(place);
  } catch {
    return value ?? null;
  }
}

/** The site around the frame, as the browser tells it; without one, our own page. */
function site() {
  if (window === window.parent) return location.origin;
  const around = location.ancestorOrigins?.[0];
  if (around) return around;
  return document.referrer ? new URL(document.referrer).origin : "null";
}

async function call(method, path, body) {
  const answer = await fetch(api + path, {
    method,
    headers: { "Content-Type": "application/json", ...(token && { "X-Chat-Session": token }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const said = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw Object.assign(new Error(said?.message ?? "Something went wrong."), { status: answer.status });
  return said;
}

async function begin() {
  const session = await call("POST", "/sessions", { origin: site(), token });
  token = session.token;
  kept(token);
  document.title = name.textContent = session.name;
  if (session.greeting && shown.size === 0) show({ id: "greeting", from: "us", text: session.greeting });
}

function show(message) {
  let line = shown.get(message.id);
  if (!line) {
    line = document.createElement("li");
    line.dataset.from = message.from;
    const who = document.createElement("span");
    who.className = "who";
    who.textContent = message.from === "visitor" ? "You: " : `${name.textContent}: `;
    line.append(who, message.text);
    log.append(line);
    shown.set(message.id, line);
    log.scrollTop = log.scrollHeight;
  }
  line.toggleAttribute("data-waiting", message.waiting === true);
}

async function look() {
  clearTimeout(timer);
  try {
    const { items } = await call("GET", `/messages${last ? `?after=${encodeURIComponent(last)}` : ""}`);
    for (const message of items) show(message);
    if (items.length > 0) {
      last = items[items.length - 1].position;
      if (!document.hidden && items.some((each) => each.from === "us")) await call("POST", "/seen", { position: last });
    }
    state.textContent = "";
  } catch (error) {
    if (error.status === 401) await begin().catch(() => {});
    else state.textContent = error.status ? error.message : "No connection. Trying again…";
  }
  timer = setTimeout(look, document.hidden ? IDLE_MS : BUSY_MS);
}

async function send(message) {
  try {
    if (!token) await begin();
    await call("POST", "/messages", { id: message.id, text: message.text });
    show({ ...message, waiting: false });
    state.textContent = "";
    look();
  } catch (error) {
    state.textContent = error.status ? error.message : "Not sent. Trying again…";
    // The id makes it one message however often it is sent.
    if (!error.status || error.status === 429 || error.status >= 500) setTimeout(() => send(message), 5_000);
    else shown.get(message.id)?.remove();
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const words = text.value.trim();
  if (!words) return;
  const message = { id: crypto.randomUUID(), from: "visitor", text: words, waiting: true };
  show(message);
  text.value = "";
  text.focus();
  send(message);
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape") parent.postMessage("parley:close", "*");
});
document.getElementById("close").addEventListener("click", () => parent.postMessage("parley:close", "*"));
document.getElementById("close").hidden = window === window.parent;
document.addEventListener("visibilitychange", () => !document.hidden && token && look());

begin()
  .then(look)
  .catch((error) => {
    state.textContent = error.message;
  });
text.focus();
