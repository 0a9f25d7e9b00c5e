import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema";
import { accessToken, renew, sessionLost } from "./session";

export type Schemas = components["schemas"];

/** What the server said no to, in its own words. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly errorId: string | undefined;
  readonly fields: { field: string; message: string }[];

  constructor(status: number, body: Partial<Schemas["ErrorBody"]>) {
    super(body.message ?? `The server answered ${status}.`);
    this.status = status;
    this.code = String(body.code ?? status);
    this.errorId = body.errorId;
    this.fields = body.errors ?? [];
  }

  /** The message about one field of the request, if there is one. */
  field(name: string): string | undefined {
    return this.fields.find((each) => each.field === name)?.message;
  }
}

/** No answer came: the network, or the server, is away. */
export class Unreachable extends Error {}

const credentials: Middleware = {
  async onRequest({ request }) {
    const token = await accessToken();
    if (token) request.headers.set("Authorization", `Bearer ${token}`);
    return request;
  },
};

/** Sends a request once more with a new token when the old one has ended. */
async function fetchTwice(request: Request): Promise<Response> {
  const again = request.clone();
  const answer = await reach(request);
  if (answer.status !== 401 || !request.headers.has("Authorization")) return answer;
  const token = await renew();
  if (!token) {
    sessionLost();
    return answer;
  }
  again.headers.set("Authorization", `Bearer ${token}`);
  return reach(again);
}

async function reach(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Unreachable("No connection to the server.", { cause: error });
  }
}

export const api = createClient<paths>({ fetch: fetchTwice });
api.use(credentials);

/** The answer's body; an answer that is an error is thrown as ApiError. */
export async function body<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw new ApiError(response.status, errorBody(error));
  return data as T;
}

function errorBody(error: unknown): Partial<Schemas["ErrorBody"]> {
  return typeof error === "object" && error !== null ? error : {};
}
