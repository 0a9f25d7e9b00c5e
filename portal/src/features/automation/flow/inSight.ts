import { useReactFlow, useStore } from "@xyflow/react";
import { useEffect } from "react";

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
    const node = chosen === undefined || !isDrawn ? undefined : flow.getInternalNode(chosen);
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
  }, [chosen, isDrawn, width, height, flow]);
}
