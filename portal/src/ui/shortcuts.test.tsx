// @vitest-environment jsdom
import "../../test/dom";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { useShortcuts } from "./shortcuts";

function Keys({ name, run }: { name: string; run: () => void }) {
  useShortcuts([{ key: name, label: "Do it", run }]);
  return <input aria-label="words" />;
}

it("a single key acts on the page but not while one types", async () => {
  const run = vi.fn();
  const { getByLabelText } = render(<Keys name="j" run={run} />);
  await userEvent.keyboard("j");
  expect(run).toHaveBeenCalledTimes(1);
  await userEvent.type(getByLabelText("words"), "jj");
  expect(run).toHaveBeenCalledTimes(1);
});

it("a key with Ctrl acts while one types too", async () => {
  const run = vi.fn();
  const { getByLabelText } = render(<Keys name="mod+k" run={run} />);
  await userEvent.click(getByLabelText("words"));
  await userEvent.keyboard("{Control>}k{/Control}");
  expect(run).toHaveBeenCalledTimes(1);
});

it("the innermost part of the page has a key first, and gives it back when it goes", async () => {
  const outer = vi.fn();
  const inner = vi.fn();
  render(<Keys name="e" run={outer} />);
  const { unmount } = render(<Keys name="e" run={inner} />);
  await userEvent.keyboard("e");
  unmount();
  await userEvent.keyboard("e");
  expect([outer.mock.calls.length, inner.mock.calls.length]).toEqual([1, 1]);
});
