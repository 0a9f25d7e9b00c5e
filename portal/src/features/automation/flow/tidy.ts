/** Where steps stand best: ELK, in a worker that is loaded when somebody asks for it. */
import type { ElkEdgeSection, ElkNode, ELK as Layouter } from "elkjs/lib/elk-api";
import type { Canvas } from "../model/canvas";
import type { Position } from "../model/document";
import { edgesOf, TRIGGER, waysOf } from "../model/ways";

export interface Box {
  width: number;
  height: number;
  /** Where each way leaves, from the top of the block. */
  ways: Record<string, number>;
  /** Where ways arrive. */
  entry: number;
}

export interface Tidied {
  positions: Record<string, Position>;
  /** The bends of each edge; they hold until a block is moved. */
  bends: Record<string, Position[]>;
}

let layouter: Promise<Layouter> | undefined;

export async function tidy(canvas: Canvas, boxes: Record<string, Box>): Promise<Tidied> {
  layouter ??= start();
  const made = await (await layouter).layout(graphOf(canvas, boxes));
  return read(made);
}

async function start(): Promise<Layouter> {
  const [{ default: ELK }, { default: workerUrl }] = await Promise.all([
    import("elkjs/lib/elk-api"),
    import("elkjs/lib/elk-worker.min.js?url"),
  ]);
  return new ELK({ workerUrl });
}

/** The canvas as ELK reads it: each way is a port at its own height, so that branches keep their order. */
export function graphOf(canvas: Canvas, boxes: Record<string, Box>): ElkNode {
  const keys = [TRIGGER, ...canvas.steps.map((each) => each.key)];
  const ways = new Map<string, string[]>([[TRIGGER, ["next"]]]);
  for (const { key, step } of canvas.steps)
    ways.set(
      key,
      waysOf(step).map((way) => way.id),
    );
  return {
    id: "root",
    layoutOptions: {
      "elk.algorithm": "layered",
      "elk.direction": "RIGHT",
      "elk.edgeRouting": "ORTHOGONAL",
      "elk.layered.spacing.nodeNodeBetweenLayers": "88",
      "elk.spacing.nodeNode": "36",
      "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
      "elk.layered.nodePlacement.favorStraightEdges": "true",
      "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
    },
    children: keys.map((key) => {
      const box = boxes[key] ?? { width: 232, height: 96, ways: {}, entry: 48 };
      const port = (id: string, x: number, y: number, side: string) => ({
        id: `${key}|${id}`,
        x,
        y,
        width: 1,
        height: 1,
        layoutOptions: { "elk.port.side": side },
      });
      return {
        id: key,
        width: box.width,
        height: box.height,
        layoutOptions: { "elk.portConstraints": "FIXED_POS" },
        ports: [
          port("in", 0, box.entry, "WEST"),
          ...(ways.get(key) ?? []).map((way) => port(way, box.width, box.ways[way] ?? box.entry, "EAST")),
        ],
      };
    }),
    edges: edgesOf(canvas).map((edge) => ({
      id: edge.id,
      sources: [`${edge.source}|${edge.way.id}`],
      targets: [`${edge.target}|in`],
    })),
  };
}

function read(graph: ElkNode): Tidied {
  const positions = Object.fromEntries((graph.children ?? []).map(({ id, x = 0, y = 0 }) => [id, { x, y }]));
  const bends: Record<string, Position[]> = {};
  for (const edge of graph.edges ?? []) {
    const sections = (edge as { sections?: ElkEdgeSection[] }).sections ?? [];
    bends[edge.id] = sections.flatMap(({ startPoint, bendPoints = [], endPoint }) => [
      startPoint,
      ...bendPoints,
      endPoint,
    ]);
  }
  return { positions, bends };
}
