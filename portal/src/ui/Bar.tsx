import classes from "./Bar.module.css";

/** How much is done, 0 to 1. Grey when it does not move. */
export function Bar({ done, label, still }: { done: number; label: string; still?: boolean }) {
  const percent = Math.round(Math.min(1, Math.max(0, done)) * 100);
  return (
    <div
      className={classes.bar}
      role="progressbar"
      aria-label={label}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <div className={classes.fill} data-still={still || undefined} style={{ width: `${percent}%` }} />
    </div>
  );
}
