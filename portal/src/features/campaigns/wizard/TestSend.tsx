import { Button, Group, NumberInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconDeviceMobileMessage } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { whenDone } from "../../../ui/whenDone";
import { type Campaign, useTest } from "../data";
import classes from "./Wizard.module.css";

const KEPT = "parley.test-number";

/** One message to one's own phone, as a recipient would get it. */
export function TestSend({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation("campaigns");
  const [to, setTo] = useState(localStorage.getItem(KEPT) ?? "");
  const [row, setRow] = useState<number | string>(1);
  const test = useTest(campaign.id);
  const send = () => {
    localStorage.setItem(KEPT, to);
    const numbers = to
      .split(/[,;]+/)
      .map((each) => each.trim())
      .filter(Boolean);
    whenDone(test.mutateAsync({ to: numbers, row: Math.max(0, Number(row) - 1) }));
  };
  return (
    <section className={classes.panel} aria-label={t("review.test")}>
      <Title order={2}>{t("review.test")}</Title>
      <Text c="dimmed" fz="sm" mb="sm">
        {t("review.testText")}
      </Text>
      <Group align="flex-end" gap="xs">
        <TextInput
          label={t("review.testTo")}
          placeholder="+6591234567"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          style={{ flex: "1 1 150px" }}
        />
        <NumberInput label={t("review.testRow")} min={1} w={180} value={row} onChange={setRow} />
        <Button
          onClick={send}
          variant="default"
          leftSection={<IconDeviceMobileMessage size={16} />}
          loading={test.isPending}
          disabled={!to.trim()}
        >
          {t("review.testSend")}
        </Button>
      </Group>
      <Stack gap={2} mt={test.data ? "xs" : 0} role="status">
        {test.data?.items.map((result) => (
          <Text key={result.to} fz="sm" c={result.explanation ? "red" : undefined}>
            {result.explanation
              ? t("review.testFailed", { to: result.to, why: result.explanation })
              : t("review.testSent", { to: result.to })}
          </Text>
        ))}
      </Stack>
    </section>
  );
}
