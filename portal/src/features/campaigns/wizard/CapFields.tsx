import { Button, Group, NumberInput, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "../../../api/session";
import { ErrorState } from "../../../ui/ErrorState";
import { done } from "../../../ui/toasts";
import { useFormat } from "../../../ui/useFormat";
import { whenDone } from "../../../ui/whenDone";
import { type Rules, rules, useSetRules } from "../data";
import classes from "./Wizard.module.css";

/** How many campaign messages one person gets within some days: one rule for all campaigns, which an administrator changes. */
export function CapFields({ subaccountId }: { subaccountId: string }) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const may = useMay();
  const found = useQuery(rules(subaccountId));
  const [changing, change] = useDisclosure();
  if (found.error) return <ErrorState error={found.error} retry={() => found.refetch()} />;
  if (!found.data) return null;
  const cap = found.data.frequencyCap;
  return (
    <section aria-label={t("delivery.cap")}>
      <Text fw={500} mb={6}>
        {t("delivery.cap")}
      </Text>
      <div className={classes.panel}>
        {changing ? (
          <Cap subaccountId={subaccountId} rules={found.data} onClose={change.close} />
        ) : (
          <Group justify="space-between" gap="sm">
            <div>
              <Text>
                {cap
                  ? t("delivery.capIs", { messages: format.number(cap.messages), count: cap.days })
                  : t("delivery.noCap")}
              </Text>
              <Text c="dimmed" fz="sm">
                {t("delivery.capText")}
              </Text>
            </div>
            {may("settings:write") && (
              <Button variant="default" aria-label={t("delivery.changeCap")} onClick={change.open}>
                {t("action.change")}
              </Button>
            )}
          </Group>
        )}
      </div>
    </section>
  );
}

function Cap({ subaccountId, rules, onClose }: { subaccountId: string; rules: Rules; onClose: () => void }) {
  const { t } = useTranslation("campaigns");
  const save = useSetRules(subaccountId);
  const [messages, setMessages] = useState<number | string>(rules.frequencyCap?.messages ?? 2);
  const [days, setDays] = useState<number | string>(rules.frequencyCap?.days ?? 7);
  const isFitting = Number(messages) >= 1 && Number(days) >= 1;
  const keep = (frequencyCap: Rules["frequencyCap"]) =>
    whenDone(save.mutateAsync({ ...rules, frequencyCap }), () => {
      done(t("delivery.capKept"));
      onClose();
    });
  return (
    <Stack gap="sm">
      <Group align="flex-end">
        <NumberInput
          label={t("delivery.capMessages")}
          min={1}
          max={100}
          allowDecimal={false}
          w={170}
          value={messages}
          onChange={setMessages}
          data-autofocus
        />
        <NumberInput
          label={t("delivery.capDays")}
          min={1}
          max={30}
          allowDecimal={false}
          w={170}
          value={days}
          onChange={setDays}
        />
      </Group>
      <Group gap="xs">
        <Button
          loading={save.isPending}
          disabled={!isFitting}
          onClick={() => keep({ messages: Number(messages), days: Number(days) })}
        >
          {t("delivery.keepCap")}
        </Button>
        {rules.frequencyCap && (
          <Button variant="default" disabled={save.isPending} onClick={() => keep(null)}>
            {t("delivery.removeCap")}
          </Button>
        )}
        <Button variant="subtle" color="gray" onClick={onClose}>
          {t("action.cancel")}
        </Button>
      </Group>
    </Stack>
  );
}
