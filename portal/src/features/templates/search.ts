/** What stands in the address of the templates. Pure. */
const NAMES = ["channel", "q", "templateStatus", "category", "language", "open"] as const;

export type TemplatesSearch = { [Name in (typeof NAMES)[number]]?: string };

export function readTemplatesSearch(given: Record<string, unknown>): TemplatesSearch {
  return Object.fromEntries(
    NAMES.flatMap((name) => (given[name] !== undefined && given[name] !== "" ? [[name, String(given[name])]] : [])),
  );
}
