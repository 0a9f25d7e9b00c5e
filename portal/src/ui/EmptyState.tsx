import { Stack, Text, ThemeIcon, Title } from "@mantine/core";
import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";

interface Props {
  icon: Icon;
  title: string;
  /** Why there is nothing, and what would change that. */
  text?: ReactNode;
  action?: ReactNode;
  /** 1 where it is all of the page. */
  order?: 1 | 2;
}

export function EmptyState({ icon: Sign, title, text, action, order = 2 }: Props) {
  return (
    <Stack align="center" justify="center" gap={6} py={48} px="md" mih={220} ta="center">
      <ThemeIcon size={48} radius="xl" variant="light" mb={6} aria-hidden>
        <Sign size={24} stroke={1.5} />
      </ThemeIcon>
      <Title order={order} fz={16}>
        {title}
      </Title>
      {text && (
        <Text c="dimmed" maw={420}>
          {text}
        </Text>
      )}
      {action && <div style={{ marginTop: 12 }}>{action}</div>}
    </Stack>
  );
}
