import { useState } from "react";

/** A text that is still being typed: a reload gives it back, using it ends it. */
export function useKeptText(name: string): [string, (text: string) => void] {
  const key = `parley.typed.${name}`;
  const [text, setText] = useState(() => sessionStorage.getItem(key) ?? "");
  return [
    text,
    (next) => {
      if (next) sessionStorage.setItem(key, next);
      else sessionStorage.removeItem(key);
      setText(next);
    },
  ];
}
