import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Settings.module.css";

/** One matter of the settings. */
export function Part({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  return (
    <section className={classes.part} aria-label={title}>
      <Title order={2} fz="md">
        {title}
      </Title>
      {text && (
        <Text c="dimmed" fz="sm" mt={2}>
          {text}
        </Text>
      )}
      <Stack gap="sm" mt="sm">
        {children}
      </Stack>
    </section>
  );
}
