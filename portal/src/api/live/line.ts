/** How news reaches the page, as a state machine: a WebSocket that hints, a feed that is read, a poll when there is no socket. Pure.
 *
 * The feed is the truth. A hint only says that it has grown; a lost or doubled one costs a read at most.
 */
import type { Schemas } from "../client";

export type Change = Schemas["ConverseChange"];
/** What the header's badge shows. */
export type LiveState = "live" | "polling" | "offline";

export interface Line {
  /** Up to where the feed has been read. */
  cursor: string;
  socket: "none" | "opening" | "open" | "waiting";
  /** Connections in a row that came to nothing. */
  failures: number;
  /** Pings without an answer. */
  unanswered: number;
  reading: "no" | "yes" | "again";
  /** Whether the browser has a network. */
  hasNetwork: boolean;
  /** Whether the server answered when it was last asked. */
  isReached: boolean;
  ticks: number;
}

export type Happening =
  | { type: "opened" }
  | { type: "closed" }
  | { type: "waited" }
  | { type: "answered" }
  | { type: "hinted"; cursor: string }
  | { type: "ticked"; visible: boolean }
  | { type: "read"; cursor: string; changes: Change[]; more: boolean; reset: boolean }
  | { type: "readFailed" }
  | { type: "network"; up: boolean };

export type Act =
  | { do: "open" }
  | { do: "close" }
  /** Open a new socket after a while; the length is drawn between nothing and `most`, so that pages do not come back all at once. */
  | { do: "wait"; most: number }
  | { do: "ping" }
  | { do: "read" }
  | { do: "tell"; changes: Change[]; everything: boolean };

/** The beat of everything below; it also goes on in a page that is not looked at. */
export const TICK_MS = 5_000;
const PING_TICKS = 4;
/** A socket that has lost a hint without knowing is caught up with by now. */
const CHECK_TICKS = 12;
/** A page nobody looks at asks less often, but often enough to count as a sign of life (45 seconds). */
const HIDDEN_POLL_TICKS = 3;
const MOST_UNANSWERED = 2;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

export function begin(cursor: string, hasSocket: boolean, hasNetwork: boolean): [Line, Act[]] {
  const line: Line = {
    cursor,
    socket: hasSocket ? "opening" : "none",
    failures: 0,
    unanswered: 0,
    reading: "no",
    hasNetwork,
    isReached: true,
    ticks: 0,
  };
  return [line, hasSocket ? [{ do: "open" }] : []];
}

export function stateOf(line: Line): LiveState {
  if (!line.hasNetwork || !line.isReached) return "offline";
  return line.socket === "open" ? "live" : "polling";
}

export function step(line: Line, happening: Happening): [Line, Act[]] {
  switch (happening.type) {
    case "opened":
      // What happened between the last read and now reached nobody: catch up first.
      return reading({ ...line, socket: "open", unanswered: 1, hasNetwork: true }, [{ do: "ping" }]);
    case "answered":
      // A server that accepts and drops at once is still a failure: only an answer counts.
      return [{ ...line, unanswered: 0, failures: 0 }, []];
    case "closed":
      return line.socket === "none" || line.socket === "waiting" ? [line, []] : waiting(line, []);
    case "waited":
      if (line.socket !== "waiting") return [line, []];
      return line.hasNetwork ? [{ ...line, socket: "opening" }, [{ do: "open" }]] : [line, []];
    case "hinted":
      return isBehind(line.cursor, happening.cursor) ? reading(line, []) : [line, []];
    case "ticked":
      return ticked({ ...line, ticks: line.ticks + 1 }, happening.visible);
    case "read":
      return wasRead(line, happening);
    case "readFailed":
      return [{ ...line, reading: "no", isReached: false }, []];
    case "network":
      return network(line, happening.up);
  }
}

function ticked(line: Line, isVisible: boolean): [Line, Act[]] {
  if (!line.hasNetwork) return [line, []];
  if (line.socket !== "open") {
    return isVisible || line.ticks % HIDDEN_POLL_TICKS === 0 ? reading(line, []) : [line, []];
  }
  if (line.ticks % PING_TICKS !== 0) return [line, []];
  // A socket can be dead without knowing: a laptop that slept, a router that forgot.
  if (line.unanswered >= MOST_UNANSWERED) return waiting(line, [{ do: "close" }]);
  const pinged: Line = { ...line, unanswered: line.unanswered + 1 };
  const isDue = line.ticks % CHECK_TICKS === 0 || !line.isReached;
  return isDue ? reading(pinged, [{ do: "ping" }]) : [pinged, [{ do: "ping" }]];
}

function wasRead(line: Line, read: Extract<Happening, { type: "read" }>): [Line, Act[]] {
  const next: Line = { ...line, cursor: read.cursor, isReached: true, reading: "no" };
  const news: Act[] =
    read.reset || read.changes.length > 0 ? [{ do: "tell", changes: read.changes, everything: read.reset }] : [];
  return read.more || line.reading === "again" ? reading(next, news) : [next, news];
}

function network(line: Line, isUp: boolean): [Line, Act[]] {
  if (!isUp) return [{ ...line, hasNetwork: false }, []];
  const back: Line = { ...line, hasNetwork: true };
  if (line.socket !== "waiting") return reading(back, []);
  return reading({ ...back, socket: "opening", failures: 0 }, [{ do: "open" }]);
}

function waiting(line: Line, acts: Act[]): [Line, Act[]] {
  const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** line.failures);
  return [{ ...line, socket: "waiting", failures: line.failures + 1 }, [...acts, { do: "wait", most }]];
}

/** One read at a time: what is asked for meanwhile is one more read afterwards. */
function reading(line: Line, acts: Act[]): [Line, Act[]] {
  if (line.reading !== "no") return [{ ...line, reading: "again" }, acts];
  return [{ ...line, reading: "yes" }, [...acts, { do: "read" }]];
}

function isBehind(mine: string, theirs: string): boolean {
  return Number(mine) < Number(theirs);
}
