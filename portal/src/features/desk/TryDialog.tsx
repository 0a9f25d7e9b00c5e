import { Button, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { channels } from "../../api/channels";
import { Pill } from "../../ui/Pill";
import { useTrial } from "./data";
import classes from "./Queues.module.css";

/** Asks the rules where a message would go, and why. */
export function TryDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("desk");
  const found = useQuery(channels).data?.items ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const [phone, setPhone] = useState("");
  const [country, setCountry] = useState("");
  const trial = useTrial();
  const channelId = chosen ?? found[0]?.id ?? null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!channelId) return;
    trial.mutate({ channelId, phone: phone.trim() || null, country: country.trim().toUpperCase() || null });
  };
  return (
    <Modal opened onClose={onClose} title={t("try.title")} closeButtonProps={{ "aria-label": t("action.close") }}>
      <form onSubmit={submit}>
        <Stack>
          <Text c="dimmed">{t("try.text")}</Text>
          <Select
            label={t("try.channel")}
            value={channelId}
            onChange={setChosen}
            allowDeselect={false}
            data={found.map((each) => ({ value: each.id, label: each.name || each.id }))}
          />
          <TextInput
            label={t("try.phone")}
            value={phone}
            onChange={(event) => setPhone(event.currentTarget.value)}
            inputMode="tel"
            data-autofocus
          />
          <TextInput
            label={t("try.country")}
            description={t("queues.countriesText")}
            maxLength={2}
            value={country}
            onChange={(event) => setCountry(event.currentTarget.value)}
          />
          <Button type="submit" loading={trial.isPending} disabled={!channelId}>
            {t("try.action")}
          </Button>
          <div role="status">
            {trial.data && (
              <>
                <Text fw={600} mb="xs">
                  {t("try.goes", { queue: trial.data.queueName })}
                </Text>
                <ol className={classes.verdicts}>
                  {trial.data.asked.map((each) => (
                    <li key={each.queueId}>
                      <Pill tone={each.takes ? "good" : "neutral"}>{t(each.takes ? "try.takes" : "try.passes")}</Pill>
                      <span>
                        <strong>{each.queueName}</strong> {each.why}
                      </span>
                    </li>
                  ))}
                </ol>
              </>
            )}
          </div>
        </Stack>
      </form>
    </Modal>
  );
}
