import { Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, body } from "../../api/client";
import { TemplatePreview } from "../../ui/TemplatePreview";
import { isFillable, shown, slotsOf, toMessage } from "../../ui/templates";
import type { Ticket } from "./data";
import { nameOf } from "./names";
import type { Sending } from "./reply";

const approved = (channelId: string) =>
  queryOptions({
    queryKey: ["templates", channelId, "approved"],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/templates", { signal, params: { query: { channelId, status: "APPROVED" } } })),
    staleTime: 300_000,
  });

interface Props {
  ticket: Ticket;
  /** Why only a template will do. */
  reason: string | undefined;
  onSend: (sending: Sending) => void;
  onCancel: (() => void) | undefined;
}

/** Chooses a template, fills it and shows what the customer will get. */
export function TemplateReply({ ticket, reason, onSend, onCancel }: Props) {
  const { t } = useTranslation();
  const found = useQuery(approved(ticket.channelId));
  const [chosen, setChosen] = useState<string | null>(null);
  const [values, setValues] = useState<Record<string, string>>({});
  const templates = (found.data?.items ?? []).filter(isFillable);
  const template = templates.find((each) => keyOf(each) === chosen);
  const slots = template ? slotsOf(template) : [];
  const isFilled = slots.every((slot) => values[slot.id]?.trim());
  const choose = (key: string | null) => {
    setChosen(key);
    const next = templates.find((each) => keyOf(each) === key);
    setValues(next ? known(slotsOf(next), ticket) : {});
  };
  const send = () => {
    if (!template || !isFilled) return;
    onSend({ id: crypto.randomUUID(), message: toMessage(template, values), preview: shown(template, values).body });
  };
  return (
    <Stack gap="sm" p={12} mah="46dvh" style={{ overflowY: "auto" }}>
      {reason && (
        <Text c="dimmed" fz="sm">
          {reason}
        </Text>
      )}
      <Select
        label={t("composer.template")}
        placeholder={found.isPending ? t("composer.templatesLoading") : t("composer.chooseTemplate")}
        searchable
        value={chosen}
        onChange={choose}
        data={templates.map((each) => ({ value: keyOf(each), label: `${each.name} · ${each.language}` }))}
        nothingFoundMessage={t("composer.noTemplates")}
        error={found.error?.message}
        aria-label={t("composer.template")}
      />
      {template && (
        <Group align="flex-start" gap="md">
          <Stack gap="xs" style={{ flex: "1 1 200px" }}>
            {slots.map((slot) => (
              <TextInput
                key={slot.id}
                size="xs"
                label={t(`template.${slot.kind === "text" ? slot.part : "file"}Slot`, { name: slot.name })}
                placeholder={slot.kind === "text" ? slot.example : "https://"}
                value={values[slot.id] ?? ""}
                onChange={(event) => {
                  const value = event.currentTarget.value;
                  setValues((before) => ({ ...before, [slot.id]: value }));
                }}
              />
            ))}
          </Stack>
          <TemplatePreview shown={shown(template, values)} />
        </Group>
      )}
      <Group justify="flex-end" gap="xs">
        {onCancel && (
          <Button variant="default" onClick={onCancel}>
            {t("action.cancel")}
          </Button>
        )}
        <Button rightSection={<IconSend size={15} />} onClick={send} disabled={!template || !isFilled}>
          {t("composer.send")}
        </Button>
      </Group>
    </Stack>
  );
}

function keyOf(template: { name: string; language: string }): string {
  return `${template.name} ${template.language}`;
}

/** A first value that is nearly always the customer's name. */
function known(slots: { id: string; name: string }[], ticket: Ticket): Record<string, string> {
  const first = slots.find((slot) => slot.id === "body.1" || /name/i.test(slot.name));
  const name = ticket.contact.name ? (nameOf(ticket).split(" ")[0] ?? "") : "";
  return first && name ? { [first.id]: name } : {};
}
