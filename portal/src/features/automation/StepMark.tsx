import { IconBolt } from "@tabler/icons-react";
import { lookOf } from "./catalogue";
import classes from "./StepMark.module.css";

/** The sign of a step's type; the word beside it says the same. */
export function StepMark({ type, size = 22 }: { type: string; size?: number }) {
  const { icon, hue } = type === "trigger" ? { icon: IconBolt, hue: "trigger" } : lookOf(type);
  const Sign = icon;
  return (
    <span className={classes.mark} data-hue={hue} style={{ width: size, height: size }}>
      <Sign size={Math.round(size * 0.64)} stroke={1.8} aria-hidden />
    </span>
  );
}
