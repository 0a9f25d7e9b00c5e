import { ActionIcon, CloseButton, SegmentedControl, Text, TextInput } from "@mantine/core";
import { IconCopy, IconTrash } from "@tabler/icons-react";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useWorkshop } from "../builder/context";
import { known } from "../catalogue";
import { type Canvas, type FlatStep, find, layoutOf } from "../model/canvas";
import { isObject, type JsonObject } from "../model/document";
import { paste, remove, rename, updateStep } from "../model/edits";
import { placeOf } from "../model/problems";
import { TRIGGER } from "../model/ways";
import { StepMark } from "../StepMark";
import { FailureSection } from "./FailureSection";
import { PairsField } from "./fields";
import classes from "./Inspector.module.css";
import { JsonField } from "./JsonField";
import { StepFields } from "./StepFields";
import { TriggerInspector } from "./TriggerInspector";
import { WaysSection } from "./WaysSection";

/** Everything about the chosen step. */
export function Inspector({ stepKey }: { stepKey: string }) {
  const { canvas } = useWorkshop();
  if (stepKey === TRIGGER) return <TriggerInspector />;
  const step = find(canvas, stepKey);
  return step ? <StepInspector key={stepKey} stepKey={stepKey} step={step} /> : null;
}

function StepInspector({ stepKey, step }: { stepKey: string; step: FlatStep }) {
  const { t } = useTranslation("automation");
  const { canvas, edit, fixed, problems, select } = useWorkshop();
  const [view, setView] = useState<"form" | "json">("form");
  const mine = problems.filter((each) => each.step === step.id);
  const unplaced = mine.filter((each) => !/^(inputs|outputs|selectNextStep|onError)/.test(placeOf(each)));
  const change = (next: FlatStep, topic?: string) => edit((before) => updateStep(before, stepKey, () => next), topic);
  const copy = () => {
    const [changed, keys] = paste(canvas, [{ key: stepKey, step }], placed(canvas, step.id));
    edit(() => changed);
    select(keys);
  };
  return (
    <section className={classes.panel} aria-label={t("inspector.label", { id: step.id })}>
      <div className={classes.head}>
        <StepMark type={step.stepType} size={28} />
        <Text fw={600} style={{ flex: 1 }}>
          {known(step.stepType) ? t(`steps.${step.stepType}`) : step.stepType}
        </Text>
        {!fixed && (
          <>
            <ActionIcon aria-label={t("inspector.copy")} onClick={copy}>
              <IconCopy size={17} stroke={1.6} />
            </ActionIcon>
            <ActionIcon aria-label={t("inspector.remove")} onClick={() => edit((before) => remove(before, [stepKey]))}>
              <IconTrash size={17} stroke={1.6} />
            </ActionIcon>
          </>
        )}
        <CloseButton aria-label={t("inspector.close")} onClick={() => select([])} />
      </div>
      {known(step.stepType) && (
        <Text c="dimmed" fz="sm" mt={-8}>
          {t(`about.${step.stepType}`)}
        </Text>
      )}
      <Findings messages={unplaced} />
      <fieldset disabled={fixed} style={{ all: "unset", display: "contents" }}>
        <IdField stepKey={stepKey} step={step} />
        <SegmentedControl
          size="xs"
          aria-label={t("inspector.view")}
          value={view}
          onChange={(next) => setView(next as "form")}
          data={[
            { value: "form", label: t("inspector.form") },
            { value: "json", label: "JSON" },
          ]}
        />
        {view === "json" ? (
          <StepJson step={step} onChange={change} />
        ) : (
          <>
            <StepFields stepKey={stepKey} step={step} findings={mine} onChange={change} />
            <WaysSection stepKey={stepKey} step={step} findings={mine} />
            <Section title={t("inspector.keep")}>
              <PairsField
                label={t("outputs.label")}
                description={t("outputs.text")}
                value={(step.outputs ?? {}) as JsonObject}
                stepKey={stepKey}
                nameLabel={t("outputs.name")}
                valueLabel={t("outputs.value")}
                add={t("outputs.add")}
                error={mine.find((each) => placeOf(each).startsWith("outputs"))?.message}
                onChange={(outputs) => change({ ...step, outputs }, `${stepKey} outputs`)}
              />
            </Section>
            <FailureSection stepKey={stepKey} step={step} onChange={change} />
          </>
        )}
      </fieldset>
    </section>
  );
}

export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={classes.section}>
      <div className={classes.sectionTitle}>{title}</div>
      {children}
    </div>
  );
}

export function Findings({ messages }: { messages: { severity: string; message: string }[] }) {
  if (messages.length === 0) return null;
  return (
    <ul className={classes.findings}>
      {messages.map((each) => (
        <li key={each.message} data-bad={each.severity === "error" || undefined}>
          {each.message}
        </li>
      ))}
    </ul>
  );
}

/** The step's name in the definition; it is renamed when one leaves the field, everywhere at once. */
function IdField({ stepKey, step }: { stepKey: string; step: FlatStep }) {
  const { t } = useTranslation("automation");
  const { canvas, edit, select } = useWorkshop();
  const [text, setText] = useState(step.id);
  useEffect(() => setText(step.id), [step.id]);
  const wish = text.trim();
  const taken = wish !== step.id && canvas.steps.some((each) => each.step.id === wish || each.key === wish);
  const finish = () => {
    if (!wish || wish === step.id || taken) return setText(taken ? text : step.id);
    edit((before) => rename(before, stepKey, wish));
    select([wish]);
  };
  return (
    <TextInput
      label={t("inspector.id")}
      description={t("inspector.idText")}
      value={text}
      maxLength={128}
      error={taken && t("inspector.idTaken")}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={finish}
      onKeyDown={(event) => event.key === "Enter" && finish()}
    />
  );
}

function StepJson({ step, onChange }: { step: FlatStep; onChange: (next: FlatStep, topic?: string) => void }) {
  const { t } = useTranslation("automation");
  const { id, do: inner, ...shown } = step;
  return (
    <JsonField
      label={t("inspector.json")}
      description={t("inspector.jsonText")}
      minRows={8}
      value={shown as unknown as JsonObject}
      refuse={(value) =>
        isObject(value) && typeof value.stepType === "string" ? undefined : t("inspector.jsonRefused")
      }
      onChange={(next) =>
        onChange(
          { id, ...(next as unknown as Omit<FlatStep, "id">), ...(inner && { do: inner }) } as FlatStep,
          `${id} json`,
        )
      }
    />
  );
}

function placed(canvas: Canvas, id: string) {
  const at = layoutOf(canvas)[id];
  return at ? { [id]: at } : {};
}
