import { IconAlertTriangle, IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { known } from "../catalogue";
import type { FlatStep } from "../model/canvas";
import { isNowhere } from "../model/edits";
import { summary } from "../model/summary";
import { type Way, waysOf } from "../model/ways";
import { StepMark } from "../StepMark";
import classes from "./Flow.module.css";
import { useLabels } from "./labels";

export type Mark = "added" | "removed" | "changed" | "done" | "here" | "failed";

export interface StepData extends Record<string, unknown> {
  step: FlatStep;
  /** Ways that lead somewhere, by id. */
  leads: string[];
  errors: string[];
  warnings: string[];
  mark?: Mark;
  fixed: boolean;
}

export type StepNodeType = Node<StepData, "step">;

export const StepNode = memo(function StepNode({ data, selected }: NodeProps<StepNodeType>) {
  const { t } = useTranslation("automation");
  const { step, errors, warnings, mark, fixed } = data;
  const ways = waysOf(step);
  const only = ways.length === 1 && ways[0]?.kind === "next" ? ways[0] : undefined;
  const title = known(step.stepType) ? t(`steps.${step.stepType}`) : step.stepType;
  return (
    <div className={classes.node} data-selected={selected || undefined} data-mark={mark} data-type={step.stepType}>
      <Handle type="target" position={Position.Left} className={classes.in} isConnectable={!fixed} />
      <div className={classes.nodeHead}>
        <StepMark type={step.stepType} />
        <span className={classes.nodeTitle}>{title}</span>
        <span className={classes.nodeId}>{step.id}</span>
        {mark === "done" && (
          <IconCircleCheck size={16} className={classes.good} aria-label={t("mark.done")} role="img" />
        )}
        {mark === "failed" && (
          <IconCircleX size={16} className={classes.bad} aria-label={t("mark.failed")} role="img" />
        )}
      </div>
      <Body step={step} />
      {!only && (
        <div className={classes.ways}>
          {ways.map((way) => (
            <WayRow key={way.id} way={way} leads={data.leads.includes(way.id)} fixed={fixed} />
          ))}
        </div>
      )}
      {only && (
        <Handle id="next" type="source" position={Position.Right} className={classes.out} isConnectable={!fixed} />
      )}
      <Findings errors={errors} warnings={warnings} />
    </div>
  );
});

function Body({ step }: { step: FlatStep }) {
  const { t } = useTranslation("automation");
  const labels = useLabels();
  const { said, options, note, lasts } = summary(step);
  if (!said && !options?.length && !note && !lasts && step.stepType !== "ChatAppsMessage") return null;
  return (
    <div className={classes.nodeBody}>
      {said !== undefined && <div className={classes.said}>{said || <i>{t("node.noText")}</i>}</div>}
      {options && options.length > 0 && (
        <div className={classes.options}>
          {options.map((each) => (
            <span key={each}>{each}</span>
          ))}
        </div>
      )}
      {note && <div className={classes.note}>{note}</div>}
      {lasts && (
        <div className={classes.note}>
          {t(step.stepType === "WaitForReply" ? "node.upTo" : "node.lasts", { duration: labels.duration(lasts) })}
        </div>
      )}
    </div>
  );
}

function WayRow({ way, leads, fixed }: { way: Way; leads: boolean; fixed: boolean }) {
  const { t } = useTranslation("automation");
  const labels = useLabels();
  const broken = !leads && way.target !== undefined && !isNowhere(way.target);
  return (
    <div className={classes.way} data-kind={way.kind} data-open={!leads || undefined}>
      <span>{labels.way(way)}</span>
      {broken && <i>{t("node.noSuchStep", { id: way.target })}</i>}
      <Handle id={way.id} type="source" position={Position.Right} className={classes.out} isConnectable={!fixed} />
    </div>
  );
}

/** What is wrong with a step, told on the step itself. */
export function Findings({ errors, warnings }: { errors: string[]; warnings: string[] }) {
  const { t } = useTranslation("automation");
  const first = errors[0] ?? warnings[0];
  if (first === undefined) return null;
  const more = errors.length + warnings.length - 1;
  const bad = errors.length > 0;
  const Sign = bad ? IconCircleX : IconAlertTriangle;
  return (
    <div className={classes.finding} data-bad={bad || undefined}>
      <Sign size={14} aria-label={t(bad ? "problem.error" : "problem.warning")} role="img" />
      <span>
        {first}
        {more > 0 && ` ${t("problem.more", { count: more })}`}
      </span>
    </div>
  );
}
