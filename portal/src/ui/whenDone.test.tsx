// @vitest-environment jsdom
import "../../test/dom";
import { QueryClient, QueryClientProvider, useMutation } from "@tanstack/react-query";
import { render, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { useIsHere, whenDone } from "./whenDone";

const SOURCES = import.meta.glob<string>(["../**/*.ts", "../**/*.tsx"], {
  query: "?raw",
  import: "default",
  eager: true,
});

interface Props {
  send: () => Promise<string>;
  tell: (what: string) => void;
}

function Row({ send, tell }: Props) {
  const act = useMutation({ mutationFn: send });
  const isHere = useIsHere();
  const go = () =>
    whenDone(
      act.mutateAsync(),
      (answer) => tell(`${answer}, ${isHere() ? "here" : "gone"}`),
      (error) => tell(`refused: ${(error as Error).message}`),
    );
  return (
    <button type="button" onClick={go}>
      Copy
    </button>
  );
}

/** A row whose act is under way: what it told, and how the server answers. */
async function underWay() {
  let resolve: (answer: string) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const answer = new Promise<string>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  const told: string[] = [];
  const { getByText, unmount } = render(
    <QueryClientProvider client={new QueryClient()}>
      <Row send={() => answer} tell={(what) => told.push(what)} />
    </QueryClientProvider>,
  );
  await userEvent.click(getByText("Copy"));
  return { told, unmount, resolve, reject };
}

it("what follows an act comes, and knows that the row is still there", async () => {
  const { told, resolve } = await underWay();
  resolve("copied");
  await waitFor(() => expect(told).toEqual(["copied, here"]));
});

it("what follows an act comes also when the row that asked has gone meanwhile", async () => {
  const { told, unmount, resolve } = await underWay();
  unmount();
  resolve("copied");
  await waitFor(() => expect(told).toEqual(["copied, gone"]));
});

it("a refusal comes also when the row that asked has gone meanwhile", async () => {
  const { told, unmount, reject } = await underWay();
  unmount();
  reject(new Error("too many"));
  await waitFor(() => expect(told).toEqual(["refused: too many"]));
});

it("nothing that follows is handed to mutate(), which forgets it when its part of the page goes", () => {
  const handed = /\.mutate\((?:(?!;\n).)*?\b(onSuccess|onError|onSettled)\b/s;
  expect(handed.test("copy.mutate(\n  { id },\n  { onSuccess: () => done() },\n);\n")).toBe(true);
  expect(Object.keys(SOURCES).filter((file) => !file.includes(".test.") && handed.test(SOURCES[file] ?? ""))).toEqual(
    [],
  );
});
