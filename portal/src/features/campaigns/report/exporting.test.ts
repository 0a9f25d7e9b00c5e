import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { exported } from "./exporting";

const refusal = { code: "export_too_large", message: "Too many for one request." };

const server = vi.hoisted(() => ({ asked: [] as string[], answers: [] as [number, object][] }));

vi.mock("../../../api/client", async (original) => {
  const ask = (method: string) => async (path: string) => {
    server.asked.push(`${method} ${path.split("/").at(-1)}`);
    const [status, content] = server.answers.shift() as [number, object];
    const ok = status < 400;
    return { [ok ? "data" : "error"]: content, response: { ok, status } };
  };
  return { ...(await original<object>()), api: { POST: ask("POST"), GET: ask("GET") } };
});

describe("an export", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    server.asked = [];
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("of a short run is a link at once", async () => {
    server.answers = [[200, { url: "https://files/1" }]];
    expect(await exported("c1", {} as never)).toEqual({ url: "https://files/1" });
    expect(server.asked).toEqual(["POST export"]);
  });

  it("of a long run is waited for", async () => {
    const running = { id: "e1", state: "running", problem: "" };
    const ready = { ...running, state: "ready", url: "https://files/2" };
    server.answers = [
      [409, refusal],
      [202, running],
      [200, running],
      [200, ready],
    ];
    const found = exported("c1", {} as never);
    await vi.runAllTimersAsync();
    expect(await found).toEqual({ url: "https://files/2" });
    expect(server.asked).toEqual(["POST export", "POST exports", "GET {exportId}", "GET {exportId}"]);
  });

  it("that could not be written says why", async () => {
    server.answers = [
      [409, refusal],
      [202, { id: "e1", state: "failed", problem: "The disk is full." }],
    ];
    await expect(exported("c1", {} as never)).rejects.toThrow("The disk is full.");
  });

  it("that is refused for another reason is not asked for again", async () => {
    server.answers = [[403, { code: "forbidden", message: "Not you." }]];
    await expect(exported("c1", {} as never)).rejects.toThrow("Not you.");
  });
});
