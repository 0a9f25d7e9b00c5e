/** Who is signed in. The access token lives in this module's memory alone; a cookie no script can read renews it. */
import { useSyncExternalStore } from "react";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Me = Schemas["Me"];
export type Permission = Me["permissions"][number];

export type Session =
  | { state: "starting" }
  | { state: "signed-out" }
  | { state: "signed-in"; me: Me; live: Schemas["LiveSource"] }
  /** The session ended while the page was in use: the page stays, and so does what was typed in it. */
  | { state: "lost"; me: Me };

interface Token {
  value: string;
  endsAt: number;
}

const RENEW_BEFORE_MS = 60_000;
/** That this browser has signed in, so that a first visit need not ask for a session that cannot be. */
const KEPT = "parley.has-session";

let session: Session = { state: "starting" };
let token: Token | undefined;
let renewing: Promise<string | undefined> | undefined;
const listeners = new Set<() => void>();

export class SignInError extends Error {
  readonly field: string | undefined;

  constructor(message: string, field?: string) {
    super(message);
    this.field = field;
  }
}

export function useSession(): Session {
  return useSyncExternalStore(subscribe, () => session);
}

/** Hears of every change of who is signed in. */
export function onSession(listener: (session: Session) => void): void {
  listeners.add(() => listener(session));
}

/** The signed-in person. Only for parts below the shell, which shows them to nobody else. */
export function useMe(): Me {
  const current = useSession();
  if (current.state !== "signed-in" && current.state !== "lost") throw new Error("nobody is signed in");
  return current.me;
}

export function useMay(): (permission: Permission) => boolean {
  const me = useMe();
  return (permission) => me.permissions.includes(permission);
}

/** Takes up the session that the cookie holds, if it holds one. */
export async function start(): Promise<void> {
  const value = localStorage.getItem(KEPT) ? await renew() : undefined;
  if (value) await enter();
  else set({ state: "signed-out" });
}

/** Answers the session to choose a first password with, when there has to be one. */
export async function signIn(email: string, password: string): Promise<string | undefined> {
  const answer = await post<Schemas["SignedIn"]>("sign-in", { email, password });
  if (answer.newPasswordSession) return answer.newPasswordSession;
  keep(answer);
  await enter();
  return undefined;
}

export async function choosePassword(email: string, challenge: string, password: string): Promise<void> {
  keep(await post<Schemas["SignedIn"]>("new-password", { email, session: challenge, password }));
  await enter();
}

export async function sendResetCode(email: string): Promise<void> {
  await post("forgotten-password", { email });
}

export async function resetPassword(email: string, code: string, password: string): Promise<void> {
  await post("reset-password", { email, code, password });
}

export async function signOut(): Promise<void> {
  token = undefined;
  localStorage.removeItem(KEPT);
  await post("sign-out").catch(() => undefined);
  set({ state: "signed-out" });
}

/** A token that is good for a while; undefined when nobody is signed in. */
export async function accessToken(): Promise<string | undefined> {
  if (token && Date.now() < token.endsAt - RENEW_BEFORE_MS) return token.value;
  return token ? renew() : undefined;
}

/** A new token, asked for once however many requests need it. */
export function renew(): Promise<string | undefined> {
  renewing ??= post<Schemas["SignedIn"]>("refresh")
    .then(keep)
    .catch((error) => {
      // The server is away: the token we have may still be good when it is back.
      if (!(error instanceof SignInError)) return token?.value;
      token = undefined;
      localStorage.removeItem(KEPT);
      return undefined;
    })
    .finally(() => {
      renewing = undefined;
    });
  return renewing;
}

export function sessionLost(): void {
  if (session.state === "signed-in") set({ state: "lost", me: session.me });
}

/** Who this is, and where the feed of changes stands: that first, so that nothing a page reads later can be older. */
async function enter(): Promise<void> {
  const [me, live] = await Promise.all([get<Me>("me"), get<Schemas["LiveSource"]>("live")]);
  set({ state: "signed-in", me, live });
}

async function get<T>(path: string): Promise<T> {
  const answer = await fetch(`/api/v1/${path}`, { headers: { Authorization: `Bearer ${token?.value}` } });
  if (!answer.ok) throw await refusal(answer);
  return (await answer.json()) as T;
}

function keep(answer: Schemas["SignedIn"]): string | undefined {
  if (!answer.accessToken) return undefined;
  localStorage.setItem(KEPT, "yes");
  token = { value: answer.accessToken, endsAt: Date.now() + (answer.expiresInSeconds ?? 0) * 1000 };
  return token.value;
}

async function post<T = unknown>(path: string, body?: object): Promise<T> {
  const answer = await fetch(`/api/v1/auth/${path}`, {
    method: "POST",
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body ? JSON.stringify(body) : null,
  });
  if (!answer.ok) throw await refusal(answer);
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

async function refusal(answer: Response): Promise<Error> {
  const told: Partial<Schemas["ErrorBody"]> = await answer.json().catch(() => ({}));
  const message = told.message ?? `The server answered ${answer.status}.`;
  if (answer.status < 500) return new SignInError(message, told.errors?.[0]?.field);
  return new Error(told.errorId ? `${message} (${told.errorId})` : message);
}

function set(next: Session): void {
  session = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
