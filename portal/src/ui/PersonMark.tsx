import { Avatar } from "@mantine/core";
import { initials } from "./format";
import classes from "./PersonMark.module.css";

const HUES = 8;

/** A person's initials on a colour of their own; the name stands beside it, so it says nothing to a screen reader. */
export function PersonMark({ name, size = 36 }: { name: string; size?: number }) {
  return (
    <Avatar
      size={size}
      radius={99}
      aria-hidden
      classNames={{ placeholder: classes.mark }}
      data-hue={hue(name)}
      fz={size / 2.9}
    >
      {initials(name)}
    </Avatar>
  );
}

function hue(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % HUES;
}
