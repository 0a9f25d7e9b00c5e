import { ActionIcon, Button, Select, Switch } from "@mantine/core";
import { IconArrowsSplit2, IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { failed } from "../../../ui/toasts";
import { useWorkshop } from "../builder/context";
import { known, MORE, PALETTE } from "../catalogue";
import { useLabels } from "../flow/labels";
import type { Canvas, FlatStep } from "../model/canvas";
import { blank, write } from "../model/conditions";
import {
  addChoice,
  changeCondition,
  chooseByCondition,
  connect,
  disconnect,
  isNowhere,
  removeChoice,
} from "../model/edits";
import type { Finding } from "../model/problems";
import { summary } from "../model/summary";
import { before, keysById, type Way, waysOf } from "../model/ways";
import { ConditionForm } from "./ConditionForm";
import { Section } from "./Inspector";
import classes from "./Inspector.module.css";

/** Where the workflow goes on after a step, and on which conditions: everything the lines of the canvas say. */
export function WaysSection({ stepKey, step, findings }: { stepKey: string; step: FlatStep; findings: Finding[] }) {
  const { t } = useTranslation("automation");
  const { canvas, edit } = useWorkshop();
  const subject = subjectOf(canvas, stepKey, step);
  const ways = waysOf(step).filter((way) => way.kind !== "error");
  const unasked = options(canvas, stepKey)
    .map((each) => write({ kind: "contains", not: false, value: subject, words: [each], ignoreCase: true }))
    .filter((script) => !ways.some((way) => way.condition === script));
  const chooses = ways.some((way) => !["next", "inner"].includes(way.kind));
  return (
    <Section title={t("ways.title")}>
      {ways.map((way) => (
        <WayForm key={way.id} way={way} stepKey={stepKey} step={step} subject={subject} findings={findings} />
      ))}
      {chooses && unasked.length > 1 && (
        <Button
          variant="light"
          size="compact-sm"
          style={{ alignSelf: "start" }}
          leftSection={<IconArrowsSplit2 size={14} />}
          onClick={() => edit((whole) => unasked.reduce((made, each) => addChoice(made, stepKey, each), whole))}
        >
          {t("ways.perOption")}
        </Button>
      )}
      {chooses && (
        <Button
          variant="subtle"
          size="compact-sm"
          style={{ alignSelf: "start" }}
          leftSection={<IconPlus size={14} />}
          onClick={() => edit((whole) => addChoice(whole, stepKey, write(blank("contains", subject))))}
        >
          {t("ways.add")}
        </Button>
      )}
      {step.stepType !== "Branch" && step.stepType !== "If" && (
        <Switch
          size="sm"
          label={t("ways.byCondition")}
          checked={chooses}
          onChange={(event) => {
            const on = event.currentTarget.checked;
            edit((whole) => chooseByCondition(whole, stepKey, on));
          }}
          display={step.stepType === "WaitForReply" && !step.nextStepId ? "none" : undefined}
        />
      )}
    </Section>
  );
}

function WayForm({
  way,
  stepKey,
  step,
  subject,
  findings,
}: {
  way: Way;
  stepKey: string;
  step: FlatStep;
  subject: string;
  findings: Finding[];
}) {
  const { t } = useTranslation("automation");
  const labels = useLabels();
  const { edit } = useWorkshop();
  const target = way.target ?? "";
  const stored = step.selectNextStep && target in step.selectNextStep;
  const error = findings.find(
    (each) => each.severity === "error" && (each.path ?? "").endsWith(`/selectNextStep/${target}`),
  );
  return (
    <div className={classes.way}>
      <div className={classes.wayHead}>
        <span>{labels.way(way)}</span>
        {stored && (
          <ActionIcon
            size="sm"
            aria-label={t("ways.remove", { way: labels.way(way) })}
            onClick={() => edit((whole) => removeChoice(whole, stepKey, target))}
          >
            <IconTrash size={15} stroke={1.6} />
          </ActionIcon>
        )}
      </div>
      {way.kind === "choice" && (
        <ConditionForm
          script={way.condition ?? ""}
          stepKey={stepKey}
          replies={step.stepType === "WaitForReply"}
          subject={subject}
          error={error?.message}
          onChange={(script) =>
            edit((whole) => changeCondition(whole, stepKey, target, script), `${stepKey} ${target}`)
          }
        />
      )}
      <TargetSelect way={way} stepKey={stepKey} step={step} />
    </div>
  );
}

/** Where a way leads: to a step there is, to a new one, or nowhere. Drawing a line, for who uses no mouse. */
export function TargetSelect({ way, stepKey, step }: { way: Way; stepKey: string; step: FlatStep }) {
  const { t } = useTranslation("automation");
  const labels = useLabels();
  const { canvas, edit, addStep } = useWorkshop();
  const keys = keysById(canvas.steps);
  const there = way.kind === "inner" ? way.target : keys.get(way.target ?? "");
  const others = canvas.steps
    .filter((each) => each.key !== stepKey || step.stepType === "WaitForReply")
    .map((each) => ({
      value: each.key,
      label: `${each.step.id} · ${known(each.step.stepType) ? t(`steps.${each.step.stepType}`) : each.step.stepType}`,
    }));
  const fresh = [...PALETTE, ...MORE].map((type) => ({
    value: `new:${type}`,
    label: t("ways.new", { step: t(`steps.${type}`) }),
  }));
  const change = (value: string | null) => {
    if (value === null) edit((whole) => disconnect(whole, stepKey, way.id));
    else if (value.startsWith("new:")) addStep(value.slice(4), { from: { key: stepKey, way: way.id } });
    else {
      const changed = connect(canvas, stepKey, way.id, value);
      if (changed) edit(() => changed);
      else failed(new Error(t("canvas.cannotConnect")));
    }
  };
  const missing = !there && way.target !== undefined && !isNowhere(way.target);
  return (
    <Select
      searchable
      clearable={way.kind !== "inner"}
      label={t("ways.to")}
      aria-label={t("ways.toOf", { way: labels.way(way) })}
      placeholder={missing ? t("node.noSuchStep", { id: way.target }) : t("ways.ends")}
      data={[
        { group: t("ways.existing"), items: others },
        { group: t("ways.fresh"), items: fresh },
      ]}
      value={there ?? null}
      onChange={change}
    />
  );
}

/** What the customer was offered to tap last: one way each is a click. */
function options(canvas: Canvas, key: string): string[] {
  for (const each of before(canvas, key)) {
    const offered = canvas.steps.find((one) => one.key === each)?.step;
    const found = offered && summary(offered).options;
    if (found?.length) return [...new Set(found)];
  }
  return [];
}

/** What a new text condition looks at: the newest answer that was kept, or the message that started it all. */
function subjectOf(canvas: Canvas, key: string, step: FlatStep): string {
  const own = step.stepType === "WaitForReply" ? Object.keys(step.outputs ?? {})[0] : undefined;
  if (own) return `data.${own}`;
  if (step.stepType === "WaitForReply") return "step.reply.payload.content.text";
  if (step.stepType === "HttpRequest") return "step.responseCode";
  for (const each of before(canvas, key)) {
    const earlier = canvas.steps.find((one) => one.key === each)?.step;
    const kept = earlier?.stepType === "WaitForReply" ? Object.keys(earlier.outputs ?? {})[0] : undefined;
    if (kept) return `data.${kept}`;
  }
  return "data.payload.content.text";
}
