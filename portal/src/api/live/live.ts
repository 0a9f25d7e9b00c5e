/** Runs the state machine of line.ts: the socket, the timers and the reads. Pages only read their queries. */
import { useSyncExternalStore } from "react";
import { api, body, type Schemas } from "../client";
import { queries } from "../queries";
import { accessToken, onSession } from "../session";
import { type Act, begin, type Happening, type Line, type LiveState, stateOf, step } from "./line";
import { spread } from "./news";

type Push = { type: string } & Record<string, unknown>;

let line: Line | undefined;
let url = "";
let socket: WebSocket | undefined;
let comeBack: ReturnType<typeof setTimeout> | undefined;
/** Where a session that ended while the page was in use left off. */
let kept: string | undefined;
const listeners = new Set<() => void>();
const ears = new Set<(push: Push) => void>();

export function useLive(): LiveState {
  return useSyncExternalStore(subscribe, () => (line ? stateOf(line) : "offline"));
}

/** Hears what is pushed besides hints; answers how to stop. */
export function onPush(ear: (push: Push) => void): () => void {
  ears.add(ear);
  return () => ears.delete(ear);
}

/** Tells the server something on the socket; without one nobody hears it, and nobody needs to. */
export function say(message: object): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function start(source: Schemas["LiveSource"]): void {
  url = source.url;
  const [first, acts] = begin(kept ?? source.cursor, url !== "", navigator.onLine);
  line = first;
  for (const act of acts) perform(act);
  tell();
}

function stop(): void {
  kept = line?.cursor ?? kept;
  line = undefined;
  clearTimeout(comeBack);
  shut();
  tell();
}

function happen(happening: Happening): void {
  if (!line) return;
  const before = stateOf(line);
  const [next, acts] = step(line, happening);
  line = next;
  for (const act of acts) perform(act);
  if (stateOf(line) !== before) tell();
}

function perform(act: Act): void {
  switch (act.do) {
    case "open":
      void open();
      return;
    case "close":
      shut();
      return;
    case "wait":
      comeBack = setTimeout(() => happen({ type: "waited" }), Math.random() * act.most);
      return;
    case "ping":
      say({ action: "ping" });
      return;
    case "read":
      void read();
      return;
    case "tell":
      spread(act.changes, act.everything);
      return;
  }
}

async function open(): Promise<void> {
  // A browser cannot set headers on a WebSocket.
  const token = await accessToken();
  if (!line) return;
  if (!token) {
    happen({ type: "closed" });
    return;
  }
  const mine = new WebSocket(`${url}?token=${encodeURIComponent(token)}`);
  socket = mine;
  mine.onopen = () => happen({ type: "opened" });
  mine.onclose = () => {
    if (socket === mine) happen({ type: "closed" });
  };
  mine.onmessage = (event: MessageEvent<string>) => hear(JSON.parse(event.data) as Push);
}

function hear(push: Push): void {
  if (push.type === "changes") happen({ type: "hinted", cursor: String(push.cursor) });
  else if (push.type === "pong") happen({ type: "answered" });
  else for (const ear of ears) ear(push);
}

function shut(): void {
  const mine = socket;
  socket = undefined;
  mine?.close();
}

async function read(): Promise<void> {
  const since = line?.cursor;
  if (since === undefined) return;
  try {
    const found = await body(api.GET("/api/v1/changes", { params: { query: { since } } }));
    happen({ type: "read", ...found });
  } catch {
    // The badge says that the server is away; the next tick asks again.
    happen({ type: "readFailed" });
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}

onSession((session) => {
  if (session.state === "signed-in") start(session.live);
  else stop();
  if (session.state === "signed-out") {
    kept = undefined;
    queries.clear();
  }
});
window.addEventListener("online", () => happen({ type: "network", up: true }));
window.addEventListener("offline", () => happen({ type: "network", up: false }));
const beat = new Worker(new URL("./beat.ts", import.meta.url), { type: "module" });
beat.onmessage = () => happen({ type: "ticked", visible: document.visibilityState === "visible" });
