/** What stands in the address of the templates. Pure. */
const NAMES = ["channel", "q", "templateStatus", "category", "language", "open"] as const;

export type TemplatesSearch = { [Name in (typeof NAMES)[number]]?: string };

export function readTemplatesSearch(given: Record<string, unknown>): TemplatesSearch {
  return Object.fromEntries(
    NAMES.flatMap((name) => (given[name] !== undefined && given[name] !== "" ? [[name, String(given[name])]] : [])),
  );
}

/** What the builder begins with: `copy` and `change` are a template's name and language. */
export interface BuilderSearch {
  channel?: string;
  copy?: string;
  change?: string;
}

export function readBuilderSearch(given: Record<string, unknown>): BuilderSearch {
  const names = ["channel", "copy", "change"] as const;
  return Object.fromEntries(
    names.flatMap((name) => (given[name] !== undefined && given[name] !== "" ? [[name, String(given[name])]] : [])),
  );
}
