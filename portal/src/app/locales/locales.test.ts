import { describe, expect, it } from "vitest";
import { ar } from "./ar";
import { en } from "./en";

interface Words {
  en: object;
  ar: object;
}

const ENGLISH = import.meta.glob<{ en: object }>("../../features/*/words.ts", { eager: true });
const ARABIC = import.meta.glob<{ ar: object }>("../../features/*/words.ar.ts", { eager: true });
const FEATURES = Object.entries(ENGLISH).map(([path, words]): [string, Words] => [
  path.split("/").at(-2) as string,
  { ...words, ar: ARABIC[path.replace(".ts", ".ar.ts")]?.ar ?? {} },
]);
const ALL: [string, Words][] = [["common", { en, ar }], ...FEATURES];
/** The forms Arabic counts in. */
const FORMS = ["zero", "one", "two", "few", "many", "other"];

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

  it("leaves no text empty", () => {
    for (const [path, text] of [...texts(words.en), ...texts(words.ar)]) expect(text.trim(), path).not.toBe("");
  });

  it("has every text, and every form of those that count", () => {
    const arabic = texts(words.ar);
    const wanted = [...texts(words.en).keys()].flatMap((path) =>
      /_(one|other)$/.test(path) ? FORMS.map((form) => `${withoutForm(path)}_${form}`) : [path],
    );
    expect(wanted.filter((path) => !arabic.has(path))).toEqual([]);
  });

  it("has no text left in English", () => {
    const english = texts(words.en);
    const same = [...texts(words.ar)].filter(
      ([path, text]) => english.get(path) === text && /[a-z]{2}/.test(text.replace(/{{\w+}}/g, "")),
    );
    expect(same.filter(([, text]) => !["API", "Parley"].includes(text))).toEqual([]);
  });
});
