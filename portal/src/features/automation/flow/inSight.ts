import { type ReactFlowInstance, useNodesInitialized, useReactFlow, useStore } from "@xyflow/react";
import { useEffect, useRef } from "react";

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** How far a picture is to be moved so that a block lies within the room there is; what is too large shows its start. */
export function wayIntoSight(block: Box, room: Box): { x: number; y: number } {
  return {
    x: shift(block.left, block.right, room.left, room.right),
    y: shift(block.top, block.bottom, room.top, room.bottom),
  };
}

function shift(from: number, to: number, start: number, end: number): number {
  if (from < start || to - from > end - start) return start - from;
  return to > end ? end - to : 0;
}

/** Palette and tools lie over the top of the canvas. */
const MARGIN = { left: 24, top: 116, right: 24, bottom: 24 };

/** Moves the canvas when the chosen block is out of sight: a new one beyond its edge, or one that a panel would cover. */
export function useKeepInSight(chosen: string | undefined): void {
  const flow = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const isDrawn = useStore((state) => state.nodeLookup.get(chosen ?? "")?.measured.width !== undefined);
  useEffect(() => {
    if (chosen !== undefined && isDrawn) bringIntoSight(flow, chosen, width, height);
  }, [chosen, isDrawn, width, height, flow]);
}

/** A workflow too large for its canvas opens at its first block, not in its middle; without one where the library puts it. */
export function useOpenAt(first: string | undefined): void {
  const flow = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const isDrawn = useNodesInitialized();
  const done = useRef(false);
  useEffect(() => {
    if (done.current || !isDrawn || width === 0) return;
    done.current = true;
    if (first === undefined) return;
    // The library fits the whole into the canvas with the frame in which it has measured the blocks.
    const frame = requestAnimationFrame(() => bringIntoSight(flow, first, width, height));
    return () => cancelAnimationFrame(frame);
  }, [first, isDrawn, width, height, flow]);
}

function bringIntoSight(flow: ReactFlowInstance, key: string, width: number, height: number): void {
  const node = flow.getInternalNode(key);
  if (!node || width === 0) return;
  const { x, y, zoom } = flow.getViewport();
  const { x: left, y: top } = node.internals.positionAbsolute;
  const block = {
    left: left * zoom + x,
    top: top * zoom + y,
    right: (left + (node.measured.width ?? 0)) * zoom + x,
    bottom: (top + (node.measured.height ?? 0)) * zoom + y,
  };
  const room = {
    left: MARGIN.left,
    top: Math.min(MARGIN.top, height / 3),
    right: width - MARGIN.right,
    bottom: height - MARGIN.bottom,
  };
  const way = wayIntoSight(block, room);
  if (way.x !== 0 || way.y !== 0) flow.setViewport({ x: x + way.x, y: y + way.y, zoom });
}
