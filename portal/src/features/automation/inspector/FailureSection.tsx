import { NumberInput, Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useMe } from "../../../api/session";
import { stepTypes } from "../data";
import type { FlatStep } from "../model/canvas";
import { waysOf } from "../model/ways";
import { DurationField } from "./fields";
import { Section } from "./Inspector";
import { TargetSelect } from "./WaysSection";

/** What happens when a step fails: it is tried again, then the workflow goes on elsewhere. Without it the run ends. */
export function FailureSection({
  stepKey,
  step,
  onChange,
}: {
  stepKey: string;
  step: FlatStep;
  onChange: (next: FlatStep, topic?: string) => void;
}) {
  const { t } = useTranslation("automation");
  const { accountId } = useMe();
  const acts = useQuery(stepTypes(accountId)).data?.find((each) => each.name === step.stepType)?.kind === "act";
  const onError = step.onError;
  if (!acts && !onError) return null;
  const way = waysOf(step).find((each) => each.kind === "error");
  return (
    <Section title={t("failure.title")}>
      <Switch
        size="sm"
        label={t("failure.handle")}
        checked={Boolean(onError)}
        onChange={(event) => {
          const { onError: _, ...rest } = step;
          onChange(event.currentTarget.checked ? { ...rest, onError: { retries: 2 } } : rest);
        }}
      />
      {onError && (
        <>
          <NumberInput
            label={t("failure.retries")}
            min={0}
            max={10}
            value={onError.retries ?? 0}
            onChange={(value) =>
              onChange({ ...step, onError: { ...onError, retries: Number(value) || 0 } }, `${stepKey} retries`)
            }
          />
          {(onError.retries ?? 0) > 0 && (
            <DurationField
              label={t("failure.delay")}
              stepKey={stepKey}
              value={onError.delay ?? "0.00:00:05"}
              onChange={(delay) => onChange({ ...step, onError: { ...onError, delay } }, `${stepKey} delay`)}
            />
          )}
          {way && <TargetSelect way={way} stepKey={stepKey} step={step} />}
        </>
      )}
    </Section>
  );
}
