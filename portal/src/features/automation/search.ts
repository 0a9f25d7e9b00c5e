/** What the address of a workflow says beside its id. */

export const TABS = ["build", "tests", "versions", "runs"] as const;
export type Tab = (typeof TABS)[number];

export interface BuilderSearch {
  tab?: Exclude<Tab, "build">;
  run?: string;
}

export function readBuilderSearch(search: Record<string, unknown>): BuilderSearch {
  const tab = TABS.find((each) => each === search.tab);
  return {
    ...(tab && tab !== "build" && { tab }),
    ...(typeof search.run === "string" && { run: search.run }),
  };
}
