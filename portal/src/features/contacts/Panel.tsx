import { Title } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Contacts.module.css";

/** A part of a contact's page. */
export function Panel({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.panel} aria-label={title}>
      <Title order={2} fz={14} mb="xs">
        {title}
      </Title>
      {children}
    </section>
  );
}
