import { expect, it } from "vitest";
import { ar } from "./ar";
import { en } from "./en";

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

it("Arabic translates only texts there are, with values those texts have", () => {
  const english = new Map([...texts(en)].map(([path, text]) => [withoutForm(path), text]));
  for (const [path, text] of texts(ar)) {
    const original = english.get(withoutForm(path));
    expect(original, path).toBeDefined();
    for (const value of values(text)) expect(values(original ?? ""), path).toContain(value);
  }
});

it("no text is left empty", () => {
  for (const [path, text] of [...texts(en), ...texts(ar)]) expect(text.trim(), path).not.toBe("");
});
