import { Box, Group, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTitle } from "./useTitle";

interface Props {
  title: string;
  text?: ReactNode;
  actions?: ReactNode;
  width?: number;
  children: ReactNode;
}

/** A page of settings or lists: its name, what it is for, its actions, and what it holds. */
export function Page({ title, text, actions, width = 1080, children }: Props) {
  useTitle(title);
  return (
    <Box px={{ base: "md", sm: "lg" }} py="lg" maw={width} mx="auto">
      <Group justify="space-between" align="flex-start" gap="sm" mb="lg">
        <div style={{ flex: "1 1 260px" }}>
          <Title order={1}>{title}</Title>
          {text && (
            <Text c="dimmed" mt={2} maw={620}>
              {text}
            </Text>
          )}
        </div>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Box>
  );
}
