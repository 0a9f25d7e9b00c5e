import { Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "../../api/session";
import { Pill } from "../../ui/Pill";
import { done } from "../../ui/toasts";
import { whenDone } from "../../ui/whenDone";
import { type Contact, useConsent } from "./data";
import { Panel } from "./Panel";

export const CATEGORIES = ["marketing", "all"] as const;

/** What they agreed to; a decision is recorded with what was said. */
export function Consent({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contacts");
  const may = useMay();
  const [deciding, decide] = useState<(typeof CATEGORIES)[number]>();
  const isOut = (category: string) =>
    contact.optedOut.some((each) => each === category || each.startsWith(`${category}#`));
  return (
    <Panel title={t("page.consent")}>
      <Stack gap="sm">
        {CATEGORIES.map((category) => (
          <Group key={category} justify="space-between" gap="xs">
            <Group gap="xs">
              <Text fz="sm">{t(`page.${category}`)}</Text>
              <Pill tone={isOut(category) ? "warn" : "good"}>{t(isOut(category) ? "page.no" : "page.yes")}</Pill>
            </Group>
            {may("contacts:write") && (
              <Button size="compact-sm" variant="default" onClick={() => decide(category)}>
                {t(decisionLabel(category, isOut(category)))}
              </Button>
            )}
          </Group>
        ))}
      </Stack>
      {deciding && (
        <Decision contact={contact} category={deciding} allowed={isOut(deciding)} onClose={() => decide(undefined)} />
      )}
    </Panel>
  );
}

function decisionLabel(category: "marketing" | "all", isOut: boolean) {
  if (category === "all") return isOut ? "page.optInAll" : "page.optOutAll";
  return isOut ? "page.optIn" : "page.optOut";
}

interface DecisionProps {
  contact: Contact;
  category: "marketing" | "all";
  allowed: boolean;
  onClose: () => void;
}

function Decision({ contact, category, allowed, onClose }: DecisionProps) {
  const { t } = useTranslation("contacts");
  const consent = useConsent(contact.id);
  const [text, setText] = useState("");
  const label = t(decisionLabel(category, allowed));
  return (
    <Modal opened onClose={onClose} title={label} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Textarea
        label={t("page.said")}
        description={t("page.saidText")}
        autosize
        minRows={2}
        maxLength={1000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Group justify="flex-end" mt="md">
        <Button
          loading={consent.isPending}
          onClick={() =>
            whenDone(consent.mutateAsync({ category, allowed, text }), () => {
              done(t("page.recorded"));
              onClose();
            })
          }
        >
          {label}
        </Button>
      </Group>
    </Modal>
  );
}
