import { useComputedColorScheme } from "@mantine/core";
import {
  applyNodeChanges,
  Background,
  BackgroundVariant,
  type Connection,
  Controls,
  type EdgeChange,
  MiniMap,
  type NodeChange,
  ReactFlow,
  useReactFlow,
} from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { type DragEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { known, lookOf } from "../catalogue";
import type { Problem } from "../data";
import type { Canvas } from "../model/canvas";
import type { Position } from "../model/document";
import { edgesOf, TRIGGER } from "../model/ways";
import classes from "./Flow.module.css";
import { useOpenAt } from "./inSight";
import { type FlowNode, nodesOf } from "./nodes";
import { type Mark, StepNode } from "./StepNode";
import { TriggerNode } from "./TriggerNode";
import { WayEdge, type WayEdgeType } from "./WayEdge";

const NODES = { step: StepNode, trigger: TriggerNode };
const EDGES = { way: WayEdge };
/** What is dragged from the palette carries the type of step under this name. */
export const DRAGGED = "application/x-parley-step";
const COLOURS: Record<string, string> = {
  trigger: "#7a4ff0",
  message: "#0b7a5b",
  wait: "#b4530a",
  branch: "#1b6fd0",
  call: "#0b7285",
  people: "#c2255c",
  data: "#4c5a67",
  other: "#6b6f75",
};

export interface Acts {
  onMove: (positions: Record<string, Position>) => void;
  onConnect: (source: string, way: string, target: string) => void;
  onDisconnect: (edges: { source: string; way: string }[]) => void;
  onRemove: (keys: string[]) => void;
  onInsert: (edgeId: string) => void;
  onDrop: (type: string, at: Position, edgeId: string | undefined) => void;
}

interface Props {
  canvas: Canvas;
  label: string;
  selected?: string[];
  onSelect?: (keys: string[]) => void;
  problems?: Problem[];
  marks?: Record<string, Mark>;
  /** Edges somebody has gone along, and how many. */
  lit?: Record<string, number | true>;
  bends?: Record<string, Position[]>;
  /** Without acts the canvas is only looked at. */
  acts?: Acts;
  children?: ReactNode;
}

export function Flow({ canvas, label, selected, onSelect, problems, marks, lit, bends, acts, children }: Props) {
  const { t } = useTranslation("automation");
  const scheme = useComputedColorScheme("light");
  const flow = useReactFlow();
  const names = useMemo(
    () => ({
      step: (type: string, id: string, findings: number) =>
        [known(type) ? t(`steps.${type}`) : type, id, findings > 0 ? t("problem.count", { count: findings }) : ""]
          .filter(Boolean)
          .join(", "),
      trigger: t("trigger.title"),
    }),
    [t],
  );
  useOpenAt(selected && selected.length > 0 ? undefined : TRIGGER);
  const [nodes, setNodes] = useState<FlowNode[]>([]);
  const fixed = acts === undefined;
  useEffect(() => {
    const drawn = nodesOf({ canvas, fixed, ...(problems && { problems }), ...(marks && { marks }) }, names);
    setNodes((before) => {
      const known = new Map(before.map((each) => [each.id, each]));
      return drawn.map((each) => {
        const old = known.get(each.id);
        const chosen = selected?.includes(each.id) ?? false;
        return { ...each, selected: chosen, ...(old?.measured && { measured: old.measured }) } as FlowNode;
      });
    });
  }, [canvas, problems, marks, fixed, names, selected]);

  const [chosenEdge, setChosenEdge] = useState<string>();
  const edges = useMemo(() => {
    const name = new Map(canvas.steps.map(({ key, step }) => [key, step.id]));
    return edgesOf(canvas).map((edge): WayEdgeType => {
      const gone = lit?.[edge.id];
      const points = bends?.[edge.id];
      return {
        id: edge.id,
        type: "way",
        source: edge.source,
        sourceHandle: edge.way.id,
        target: edge.target,
        selected: edge.id === chosenEdge,
        deletable: edge.way.kind !== "inner" && edge.source !== TRIGGER,
        ariaLabel: t("canvas.edge", { from: name.get(edge.source) ?? t("trigger.title"), to: name.get(edge.target) }),
        data: {
          between: `${name.get(edge.source) ?? t("trigger.title")} → ${name.get(edge.target)}`,
          ...(points && { bends: points }),
          ...(gone !== undefined && { lit: true }),
          ...(typeof gone === "number" && { count: gone }),
          ...(acts && { onInsert: () => acts.onInsert(edge.id) }),
        },
      };
    });
  }, [canvas, lit, bends, acts, chosenEdge, t]);

  const onNodesChange = (changes: NodeChange<FlowNode>[]) => {
    setNodes((before) => applyNodeChanges(changes, before));
    const choices = changes.filter((each) => each.type === "select");
    if (choices.length > 0 && onSelect) {
      const next = new Set(selected ?? []);
      for (const each of choices) each.selected ? next.add(each.id) : next.delete(each.id);
      onSelect([...next]);
    }
    // Arrow keys move blocks too; they tell it without a drag's end.
    const moved = changes.filter((each) => each.type === "position" && each.position && !each.dragging);
    if (moved.length > 0 && acts)
      acts.onMove(
        Object.fromEntries(
          moved.flatMap((each) => ("position" in each && each.position ? [[each.id, each.position]] : [])),
        ),
      );
  };
  const onEdgesChange = (changes: EdgeChange<WayEdgeType>[]) => {
    for (const each of changes) if (each.type === "select") setChosenEdge(each.selected ? each.id : undefined);
  };
  const onConnect = ({ source, sourceHandle, target }: Connection) =>
    acts?.onConnect(source, sourceHandle ?? "next", target);
  const onDrop = (event: DragEvent) => {
    const type = event.dataTransfer.getData(DRAGGED);
    if (!type || !acts) return;
    event.preventDefault();
    const under = document
      .elementFromPoint(event.clientX, event.clientY)
      ?.closest("[data-id]")
      ?.getAttribute("data-id");
    const at = flow.screenToFlowPosition({ x: event.clientX - 60, y: event.clientY - 20 });
    acts.onDrop(type, at, edges.find((each) => each.id === under)?.id);
  };
  const frame = useRef<HTMLElement>(null);
  return (
    <section className={classes.canvas} aria-label={label} ref={frame}>
      <ReactFlow<FlowNode, WayEdgeType>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODES}
        edgeTypes={EDGES}
        colorMode={scheme}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onConnect={onConnect}
        onDragOver={(event) => acts && event.preventDefault()}
        onDrop={onDrop}
        onBeforeDelete={async ({ nodes: gone, edges: cut }) => {
          const keys = gone.filter((each) => each.id !== TRIGGER).map((each) => each.id);
          if (keys.length > 0) acts?.onRemove(keys);
          else acts?.onDisconnect(cut.map((each) => ({ source: each.source, way: each.sourceHandle ?? "next" })));
          return false;
        }}
        nodesDraggable={!fixed}
        nodesConnectable={!fixed}
        deleteKeyCode={fixed ? null : ["Delete", "Backspace"]}
        multiSelectionKeyCode={["Meta", "Control", "Shift"]}
        selectionKeyCode="Shift"
        fitView
        fitViewOptions={{
          minZoom: 0.6,
          maxZoom: 1,
          padding: { top: "72px", left: "24px", right: "24px", bottom: "24px" },
        }}
        minZoom={0.15}
        maxZoom={1.75}
        snapToGrid
        snapGrid={[8, 8]}
        ariaLabelConfig={{
          "node.a11yDescription.default": t("canvas.nodeHelp"),
          "node.a11yDescription.keyboardDisabled": t("canvas.nodeHelp"),
          "edge.a11yDescription.default": t("canvas.edgeHelp"),
          "controls.ariaLabel": t("canvas.controls"),
          "controls.zoomIn.ariaLabel": t("canvas.zoomIn"),
          "controls.zoomOut.ariaLabel": t("canvas.zoomOut"),
          "controls.fitView.ariaLabel": t("canvas.fit"),
          "minimap.ariaLabel": t("canvas.map"),
        }}
      >
        <Background variant={BackgroundVariant.Dots} gap={16} size={1.2} />
        <Controls showInteractive={false} position="bottom-left" />
        <MiniMap
          pannable
          zoomable
          position="bottom-right"
          className={classes.map}
          nodeColor={(node) =>
            COLOURS[
              node.type === "trigger"
                ? "trigger"
                : lookOf(String((node as { data: { step?: { stepType: string } } }).data.step?.stepType)).hue
            ] ?? "#888"
          }
          nodeBorderRadius={4}
        />
        {children}
      </ReactFlow>
    </section>
  );
}
