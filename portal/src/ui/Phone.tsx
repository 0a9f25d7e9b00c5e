import type { ReactNode } from "react";
import { initials } from "./format";
import classes from "./Phone.module.css";

/** A customer's phone with one chat open. */
export function Phone({ from, label, children }: { from: string; label: string; children: ReactNode }) {
  return (
    <section className={classes.phone} aria-label={label}>
      <div className={classes.top}>
        <span className={classes.face} aria-hidden>
          {initials(from)}
        </span>
        {from}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long message is scrolled by keyboard too */}
      <div className={classes.chat} tabIndex={0}>
        {children}
      </div>
    </section>
  );
}
