import { Button, Group, NumberInput, SimpleGrid } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/client";
import { done, failed } from "../../ui/toasts";
import { type Retention, useSaveRetention } from "./data";
import { Part } from "./Part";
import classes from "./Settings.module.css";

interface Props {
  retention: Retention;
  isReadOnly: boolean;
}

/** For how many days what is new is kept. */
export function RetentionForm({ retention, isReadOnly }: Props) {
  const { t } = useTranslation("settings");
  const [draft, setDraft] = useState(retention);
  const save = useSaveRetention();
  const days = (name: "messages" | "recipients", description?: string) => (
    <NumberInput
      label={t(`retention.${name}`)}
      description={description}
      inputWrapperOrder={["label", "input", "description", "error"]}
      min={30}
      max={3650}
      allowDecimal={false}
      value={draft[name] ?? ""}
      error={save.error instanceof ApiError ? save.error.field(name) : undefined}
      onChange={(value) => setDraft((before) => ({ ...before, [name]: value === "" ? null : Number(value) }))}
    />
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(draft, { onSuccess: () => done(t("saved")), onError: failed });
      }}
    >
      <fieldset disabled={isReadOnly} className={classes.form}>
        <Part title={t("retention.title")} text={t("retention.text")}>
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            {days("messages")}
            {days("recipients", t("retention.recipientsText"))}
          </SimpleGrid>
          {!isReadOnly && (
            <Group justify="flex-end">
              <Button type="submit" variant="default" loading={save.isPending}>
                {t("save")}
              </Button>
            </Group>
          )}
        </Part>
      </fieldset>
    </form>
  );
}
