import { describe, expect, it } from "vitest";
import type { Words } from "../i18n";
import { ar } from "./ar";
import { en } from "./en";

const FEATURES = import.meta.glob<Words>("../../features/*/words.ts", { eager: true });
const ALL: [string, Words][] = [["common", { en, ar }], ...Object.entries(FEATURES)];

/** Every text by its path. */
function texts(tree: object, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(tree)) {
    const here = path ? `${path}.${name}` : name;
    if (typeof value === "string") found.set(here, value);
    else for (const [inner, text] of texts(value, here)) found.set(inner, text);
  }
  return found;
}

const withoutForm = (path: string) => path.replace(/_(zero|one|two|few|many|other)$/, "");
const values = (text: string) => new Set(text.match(/{{\w+}}/g) ?? []);

describe.each(ALL)("%s", (_name, words) => {
  it("Arabic translates only texts there are, with values those texts have", () => {
    const english = new Map([...texts(words.en)].map(([path, text]) => [withoutForm(path), text]));
    for (const [path, text] of texts(words.ar)) {
      const original = english.get(withoutForm(path));
      expect(original, path).toBeDefined();
      for (const value of values(text)) expect(values(original ?? ""), path).toContain(value);
    }
  });

  it("has the page's name in Arabic; what else it lacks is shown in English", () => {
    expect(texts(words.ar).size).toBeGreaterThan(0);
  });

  it("leaves no text empty", () => {
    for (const [path, text] of [...texts(words.en), ...texts(words.ar)]) expect(text.trim(), path).not.toBe("");
  });
});
