import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Workflow } from "../model/document";
import { triggerNote } from "../model/summary";
import { StepMark } from "../StepMark";
import classes from "./Flow.module.css";
import { Findings } from "./StepNode";

export interface TriggerData extends Record<string, unknown> {
  frame: Workflow;
  errors: string[];
  fixed: boolean;
}

export type TriggerNodeType = Node<TriggerData, "trigger">;

export const TriggerNode = memo(function TriggerNode({ data, selected }: NodeProps<TriggerNodeType>) {
  const { t } = useTranslation("automation");
  const { frame, errors, fixed } = data;
  const note = triggerNote(frame);
  return (
    <div className={classes.node} data-selected={selected || undefined}>
      <div className={classes.nodeHead}>
        <StepMark type="trigger" />
        <span className={classes.nodeTitle}>{t("trigger.title")}</span>
      </div>
      <div className={classes.nodeBody}>
        <div className={classes.strong}>{t(`triggers.${frame.trigger as "keyword"}`)}</div>
        {note && <div className={classes.note}>{note}</div>}
      </div>
      <Handle id="next" type="source" position={Position.Right} className={classes.out} isConnectable={!fixed} />
      <Findings errors={errors} warnings={[]} />
    </div>
  );
});
