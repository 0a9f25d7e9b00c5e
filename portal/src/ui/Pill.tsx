import type { ReactNode } from "react";
import classes from "./Pill.module.css";

export type Tone = "neutral" | "good" | "busy" | "warn" | "bad";

/** A state in a word; its colour only repeats it. */
export function Pill({ tone = "neutral", icon, children }: { tone?: Tone; icon?: ReactNode; children: ReactNode }) {
  return (
    <span className={classes.pill} data-tone={tone}>
      {icon}
      {children}
    </span>
  );
}
