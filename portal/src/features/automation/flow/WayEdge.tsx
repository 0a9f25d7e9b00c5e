import { IconPlus } from "@tabler/icons-react";
import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getSmoothStepPath } from "@xyflow/react";
import { useTranslation } from "react-i18next";
import type { Position } from "../model/document";
import classes from "./Flow.module.css";

export interface WayData extends Record<string, unknown> {
  bends?: Position[];
  lit?: boolean;
  /** How many have gone this way. */
  count?: number;
  onInsert?: () => void;
  /** Said to who cannot see where the line begins and ends. */
  between: string;
}

export type WayEdgeType = Edge<WayData, "way">;

/** A line from a way to a step: with a button to put a step in between, or with how many went along it. */
export function WayEdge(props: EdgeProps<WayEdgeType>) {
  const { t } = useTranslation("automation");
  const { data, selected, markerEnd } = props;
  const [path, x, y] = data?.bends?.length
    ? along(data.bends)
    : getSmoothStepPath({ ...props, borderRadius: 10, offset: 24 });
  return (
    <>
      <BaseEdge
        path={path}
        interactionWidth={18}
        {...(markerEnd && { markerEnd })}
        className={classes.edge}
        data-lit={data?.lit || undefined}
        data-selected={selected || undefined}
      />
      <EdgeLabelRenderer>
        <div
          className={classes.edgeMiddle}
          // What is dropped here is dropped on the line.
          data-id={props.id}
          style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
          data-selected={selected || undefined}
        >
          {data?.onInsert && (
            <button
              type="button"
              className={classes.insert}
              onClick={data.onInsert}
              aria-label={t("canvas.insertOn", { between: data.between })}
            >
              <IconPlus size={12} stroke={2.5} aria-hidden />
            </button>
          )}
          {data?.count !== undefined && (
            <span
              className={classes.count}
              role="img"
              aria-label={t("canvas.gone", { between: data.between, count: data.count })}
            >
              {data.count}
            </span>
          )}
        </div>
      </EdgeLabelRenderer>
    </>
  );
}

/** A line with rounded corners through ELK's points, and its middle. */
function along(points: Position[]): [string, number, number] {
  const first = points[0] as Position;
  let path = `M${first.x},${first.y}`;
  for (let index = 1; index < points.length; index += 1) {
    const here = points[index] as Position;
    const next = points[index + 1];
    const before = points[index - 1] as Position;
    if (!next) path += ` L${here.x},${here.y}`;
    else {
      const radius = Math.min(10, distance(before, here) / 2, distance(here, next) / 2);
      const from = towards(here, before, radius);
      const to = towards(here, next, radius);
      path += ` L${from.x},${from.y} Q${here.x},${here.y} ${to.x},${to.y}`;
    }
  }
  const middle = Math.floor((points.length - 1) / 2);
  const a = points[middle] as Position;
  const b = points[middle + 1] ?? a;
  return [path, (a.x + b.x) / 2, (a.y + b.y) / 2];
}

function distance(a: Position, b: Position): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function towards(from: Position, to: Position, by: number): Position {
  const length = distance(from, to) || 1;
  return { x: from.x + ((to.x - from.x) * by) / length, y: from.y + ((to.y - from.y) * by) / length };
}
