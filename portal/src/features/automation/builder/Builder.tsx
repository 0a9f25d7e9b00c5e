import { Alert, Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { ReactFlowProvider } from "@xyflow/react";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay, useMe } from "../../../api/session";
import { useTitle } from "../../../ui/useTitle";
import { freshStep, known, lookOf } from "../catalogue";
import { type DefinitionView, problems } from "../data";
import { type Canvas, freshId } from "../model/canvas";
import type { Position, Workflow } from "../model/document";
import { add, connect, insert, place } from "../model/edits";
import { positions, WIDTH } from "../model/layout";
import { edgesOf, TRIGGER, waysOf } from "../model/ways";
import type { Tab } from "../search";
import classes from "./Builder.module.css";
import { BuildTab } from "./BuildTab";
import { type Workshop, WorkshopProvider } from "./context";
import { Head } from "./Head";
import { Opening } from "./Opening";
import { useEditing } from "./useEditing";
import { useSaving } from "./useSaving";

const TestsTab = lazy(() => import("../tests/TestsTab").then((file) => ({ default: file.TestsTab })));
const VersionsTab = lazy(() => import("../versions/VersionsTab").then((file) => ({ default: file.VersionsTab })));
const RunsTab = lazy(() => import("../runs/RunsTab").then((file) => ({ default: file.RunsTab })));

interface Props {
  definitionId?: string;
  draftId: string;
  version: number;
  document: Workflow;
  tab: Tab;
  run?: string;
  onStored?: (view: DefinitionView) => void;
}

/** One workflow: drawn, tried, tested, and watched while it runs. What is not saved stays while one looks elsewhere. */
export function Builder({ definitionId, draftId, version, document, tab, run, onStored }: Props) {
  const { t } = useTranslation("automation");
  const may = useMay();
  const { accountId } = useMe();
  const editing = useEditing(draftId, version, document);
  const { canvas, edit } = editing;
  const [selected, select] = useState<string[]>([]);
  const [checked] = useDebouncedValue(editing.document, 350);
  const findings = useQuery(problems(accountId, checked)).data;
  const fixed = !may("workflows:write");
  const saving = useSaving({ definitionId, editing, onStored });
  useTitle(canvas.frame.definition.name || t("title"));

  const workshop = useMemo((): Workshop => {
    const addStep: Workshop["addStep"] = (type, where = {}) => {
      if (!known(type)) return;
      const key = freshId(canvas, lookOf(type).stem);
      edit((before) => added(before, type, key, selected, where));
      select([key]);
    };
    return { canvas, document: editing.document, fixed, problems: findings ?? [], selected, select, edit, addStep };
  }, [canvas, editing.document, fixed, findings, selected, edit]);

  return (
    <WorkshopProvider value={workshop}>
      <ReactFlowProvider>
        <div className={classes.builder}>
          <Head {...(definitionId && { definitionId })} tab={tab} editing={editing} saving={saving} />
          {editing.restored && (
            <Alert color="yellow" py={6} radius={0} role="status">
              {t("builder.restored")}{" "}
              <Button size="compact-xs" variant="default" ms={8} onClick={() => editing.open(version, document)}>
                {t("builder.discard")}
              </Button>
            </Alert>
          )}
          <Suspense fallback={<Opening />}>
            {tab === "build" && <BuildTab editing={editing} />}
            {tab === "tests" && <TestsTab />}
            {tab === "versions" && definitionId && <VersionsTab definitionId={definitionId} editing={editing} />}
            {tab === "runs" && definitionId && <RunsTab definitionId={definitionId} {...(run && { run })} />}
          </Suspense>
        </div>
        {saving.dialogs}
      </ReactFlowProvider>
    </WorkshopProvider>
  );
}

/** The canvas with a new step where it belongs: where it was dropped, on an edge, or after the selected step. */
function added(
  canvas: Canvas,
  type: string,
  key: string,
  selected: string[],
  where: { at?: Position; edgeId?: string; from?: { key: string; way: string } },
): Canvas | undefined {
  if (!known(type)) return undefined;
  const step = freshStep(type, key);
  const at = positions(canvas);
  const edge = edgesOf(canvas).find((each) => each.id === where.edgeId);
  const placed = placeAll(canvas, at);
  if (edge) {
    const [from, to] = [at[edge.source], at[edge.target]];
    const middle = { x: ((from?.x ?? 0) + (to?.x ?? 0)) / 2, y: ((from?.y ?? 0) + (to?.y ?? 0)) / 2 };
    const room = (to?.x ?? 0) - (from?.x ?? 0) >= 2 * WIDTH + 120;
    return insert(
      room ? placed : shifted(placed, edge.target, at),
      edge,
      step,
      where.at ?? (room ? middle : { ...(to ?? middle) }),
    );
  }
  if (where.at) return add(placed, step, where.at);
  const from = where.from ?? openWay(canvas, selected);
  const source = from ? at[from.key] : undefined;
  const rows = from
    ? canvas.steps.filter((each) => edgesOf(canvas).some((one) => one.source === from.key && one.target === each.key))
        .length
    : 0;
  const spot = source ? { x: source.x + WIDTH + 88, y: source.y + rows * 170 } : beside(at);
  const made = add(placed, step, free(spot, at));
  return (from && connect(made, from.key, from.way, key)) ?? made;
}

/** The first way out of the selected step that leads nowhere; of the trigger, when there is no step yet. */
function openWay(canvas: Canvas, selected: string[]): { key: string; way: string } | undefined {
  if (canvas.steps.length === 0) return { key: TRIGGER, way: "next" };
  const step = canvas.steps.find((each) => each.key === selected[0]);
  if (!step) return undefined;
  const taken = new Set(
    edgesOf(canvas)
      .filter((each) => each.source === step.key)
      .map((each) => each.way.id),
  );
  const way = waysOf(step.step).find((each) => !taken.has(each.id) && each.kind !== "error" && each.kind !== "inner");
  return way && { key: step.key, way: way.id };
}

function placeAll(canvas: Canvas, at: Record<string, Position>): Canvas {
  const known = canvas.frame.definition.layout ?? {};
  if (canvas.steps.every((each) => known[each.step.id])) return canvas;
  return place(canvas, Object.fromEntries(canvas.steps.map(({ key, step }) => [step.id, at[key] as Position])));
}

/** Makes room: what stands right of a step moves one column to the right. */
function shifted(canvas: Canvas, from: string, at: Record<string, Position>): Canvas {
  const x = at[from]?.x ?? 0;
  const moved = canvas.steps.filter(({ key }) => (at[key]?.x ?? 0) >= x);
  return place(
    canvas,
    Object.fromEntries(
      moved.map(({ key, step }) => [step.id, { x: (at[key]?.x ?? 0) + WIDTH + 88, y: at[key]?.y ?? 0 }]),
    ),
  );
}

function beside(at: Record<string, Position>): Position {
  const all = Object.values(at);
  return { x: Math.min(...all.map((each) => each.x)) + WIDTH + 88, y: Math.max(...all.map((each) => each.y)) + 180 };
}

/** Not on top of another block. */
function free(wish: Position, at: Record<string, Position>): Position {
  const taken = (spot: Position) =>
    Object.values(at).some((each) => Math.abs(each.x - spot.x) < WIDTH && Math.abs(each.y - spot.y) < 150);
  let spot = wish;
  while (taken(spot)) spot = { x: spot.x, y: spot.y + 40 };
  return spot;
}
