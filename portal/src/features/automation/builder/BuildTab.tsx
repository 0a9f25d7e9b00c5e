import { ActionIcon, Button, CloseButton, Menu, Text, Tooltip } from "@mantine/core";
import {
  IconBraces,
  IconDeviceMobile,
  IconDots,
  IconLayoutDistributeHorizontal,
  IconSearch,
} from "@tabler/icons-react";
import { Panel, useReactFlow } from "@xyflow/react";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useShortcuts } from "../../../ui/shortcuts";
import { failed } from "../../../ui/toasts";
import { lookOf, MORE, PALETTE, type StepType } from "../catalogue";
import { boxesOf } from "../flow/boxes";
import { type Acts, DRAGGED, Flow } from "../flow/Flow";
import { useKeepInSight } from "../flow/inSight";
import type { Mark } from "../flow/StepNode";
import { tidy } from "../flow/tidy";
import { Inspector } from "../inspector/Inspector";
import { JsonField } from "../inspector/JsonField";
import { type CanvasStep, toCanvas } from "../model/canvas";
import { type Json, type Position, unreadable, type Workflow } from "../model/document";
import { connect, disconnect, paste, place, remove } from "../model/edits";
import { positions } from "../model/layout";
import { TRIGGER } from "../model/ways";
import { StepMark } from "../StepMark";
import { type Lit, SimulatorPanel } from "../simulator/SimulatorPanel";
import classes from "./Builder.module.css";
import { useWorkshop } from "./context";
import { FindStep } from "./FindStep";
import type { Editing } from "./useEditing";

type Side = "step" | "try" | "json";

/** The canvas with its palette, and beside it the chosen step, the phone, or the JSON. */
export function BuildTab({ editing }: { editing: Editing }) {
  const { t } = useTranslation("automation");
  const { canvas, fixed, problems, selected, select, edit, addStep } = useWorkshop();
  const [side, setSide] = useState<Side>("step");
  const [bends, setBends] = useState<Record<string, Position[]>>({});
  const [lit, setLit] = useState<Lit>({ marks: {}, edges: {} });
  const [finding, setFinding] = useState(false);
  const flow = useReactFlow();
  const chosen = selected.length === 1 ? selected[0] : undefined;
  const open = side !== "step" || chosen !== undefined;
  useKeepInSight(chosen);

  const acts = useMemo((): Acts => {
    const keyed = new Map(canvas.steps.map(({ key, step }) => [key, step.id]));
    return {
      onMove: (moved) => {
        setBends({});
        const named = Object.entries(moved).map(([key, at]) => [
          key === TRIGGER ? TRIGGER : (keyed.get(key) ?? key),
          at,
        ]);
        edit((before) => place(pinned(before), Object.fromEntries(named)));
      },
      onConnect: (source, way, target) => {
        setBends({});
        const changed = connect(canvas, source, way, target);
        if (changed) edit(() => changed);
        else failed(new Error(t("canvas.cannotConnect")));
      },
      onDisconnect: (cut) =>
        edit((before) => cut.reduce((whole, each) => disconnect(whole, each.source, each.way), before)),
      onRemove: (keys) => {
        setBends({});
        edit((before) => remove(pinned(before), keys));
        select([]);
      },
      onInsert: (edgeId) => {
        setBends({});
        setInserting(edgeId);
      },
      onDrop: (type, at, edgeId) => {
        setBends({});
        addStep(type, { at, ...(edgeId && { edgeId }) });
      },
    };
  }, [canvas, edit, select, addStep, t]);
  const [inserting, setInserting] = useState<string>();

  const onSelect = useCallback(
    (keys: string[]) => {
      select(keys);
      if (keys.length === 1) setSide((before) => (before === "json" ? "step" : before));
    },
    [select],
  );
  const tidyUp = async () => {
    try {
      const made = await tidy(canvas, boxesOf(flow.getNodes()));
      edit((before) => place(before, keyedById(before.steps, made.positions)));
      setBends(snapped(made.bends));
      requestAnimationFrame(() => flow.fitView({ minZoom: 0.5, maxZoom: 1, padding: 0.12 }));
    } catch (error) {
      failed(error);
    }
  };
  useClipboard();
  useShortcuts([{ key: "mod+f", label: t("find.title"), run: () => setFinding(true), outsideText: true }]);
  return (
    <div className={classes.body}>
      <Flow
        canvas={canvas}
        label={t("canvas.label")}
        selected={selected}
        onSelect={onSelect}
        problems={problems}
        bends={bends}
        {...(side === "try" && { marks: lit.marks as Record<string, Mark>, lit: lit.edges })}
        {...(!fixed && { acts })}
      >
        {!fixed && (
          <Panel position="top-left" className={classes.palette}>
            <Palette />
          </Panel>
        )}
        <Panel position="top-right" className={classes.right}>
          <ToolButton
            label={t("find.title")}
            hint="Ctrl F"
            onClick={() => setFinding(true)}
            icon={<IconSearch size={17} stroke={1.7} />}
          />
          {!fixed && (
            <ToolButton
              label={t("canvas.tidy")}
              onClick={tidyUp}
              icon={<IconLayoutDistributeHorizontal size={17} stroke={1.7} />}
            />
          )}
          <ToolButton
            label={t("canvas.json")}
            pressed={side === "json"}
            onClick={() => setSide(side === "json" ? "step" : "json")}
            icon={<IconBraces size={17} stroke={1.7} />}
          />
          <Button
            variant={side === "try" ? "light" : "default"}
            leftSection={<IconDeviceMobile size={17} stroke={1.7} />}
            aria-pressed={side === "try"}
            onClick={() => setSide(side === "try" ? "step" : "try")}
          >
            {t("simulator.open")}
          </Button>
        </Panel>
        {canvas.steps.length === 0 && !fixed && (
          <div className={classes.empty}>
            <div className={classes.hint}>
              <Text fw={600} c="var(--mantine-color-text)">
                {t("canvas.emptyTitle")}
              </Text>
              {t("canvas.emptyText")}
            </div>
          </div>
        )}
      </Flow>
      {open && (
        <aside className={classes.side} aria-label={t(`side.${side}`)}>
          {side === "try" && (
            <>
              {chosen !== undefined && <SideTabs setSide={setSide} />}
              <SimulatorPanel onLight={setLit} onClose={() => setSide("step")} />
            </>
          )}
          {side === "step" && chosen !== undefined && (
            <div className={classes.sideBody}>
              <Inspector stepKey={chosen} />
            </div>
          )}
          {side === "json" && <WholeJson editing={editing} onClose={() => setSide("step")} />}
        </aside>
      )}
      {finding && <FindStep onClose={() => setFinding(false)} />}
      {inserting && <InsertMenu edgeId={inserting} onClose={() => setInserting(undefined)} />}
    </div>
  );
}

function SideTabs({ setSide }: { setSide: (side: Side) => void }) {
  const { t } = useTranslation("automation");
  return (
    <div className={classes.sideTabs}>
      <Button size="compact-sm" variant="subtle" onClick={() => setSide("step")}>
        {t("side.toStep")}
      </Button>
    </div>
  );
}

function ToolButton({
  label,
  hint,
  icon,
  pressed,
  onClick,
}: {
  label: string;
  hint?: string;
  icon: ReactNode;
  pressed?: boolean;
  onClick: () => void;
}) {
  return (
    <Tooltip label={hint ? `${label} (${hint})` : label}>
      <ActionIcon
        variant={pressed ? "light" : "default"}
        color={pressed ? "brand" : "gray"}
        size={34}
        aria-label={label}
        aria-pressed={pressed}
        onClick={onClick}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

/** Steps to drag onto the canvas; a click puts one after the chosen step. */
function Palette() {
  const { t } = useTranslation("automation");
  const { addStep } = useWorkshop();
  return (
    <div className={classes.tools} role="toolbar" aria-label={t("palette.title")}>
      {PALETTE.map((type) => (
        <PaletteBlock key={type} type={type} />
      ))}
      <Menu position="bottom-start">
        <Menu.Target>
          <button type="button" className={`${classes.block} ${classes.more}`}>
            <IconDots size={17} aria-hidden />
            {t("palette.more")}
          </button>
        </Menu.Target>
        <Menu.Dropdown mah={380} style={{ overflowY: "auto" }}>
          {MORE.map((type) => (
            <Menu.Item key={type} leftSection={<StepMark type={type} />} onClick={() => addStep(type)}>
              {t(`steps.${type}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

function PaletteBlock({ type }: { type: StepType }) {
  const { t } = useTranslation("automation");
  const { addStep } = useWorkshop();
  const { icon: Sign, hue } = lookOf(type);
  return (
    <button
      type="button"
      className={classes.block}
      data-hue={hue}
      draggable
      title={t(`about.${type}`)}
      onDragStart={(event) => event.dataTransfer.setData(DRAGGED, type)}
      onClick={() => addStep(type)}
    >
      <Sign size={17} stroke={1.7} aria-hidden />
      <span className={classes.blockName}>{t(`steps.${type}`)}</span>
    </button>
  );
}

/** Which step to put on a line. */
function InsertMenu({ edgeId, onClose }: { edgeId: string; onClose: () => void }) {
  const { t } = useTranslation("automation");
  const { addStep } = useWorkshop();
  return (
    <FindStep
      onClose={onClose}
      title={t("canvas.insert")}
      offers={[...PALETTE, ...MORE].map((type) => ({
        key: type,
        label: t(`steps.${type}`),
        type,
        run: () => addStep(type, { edgeId }),
      }))}
    />
  );
}

/** The whole document as text: what is written here is drawn as soon as it is a workflow. */
function WholeJson({ editing, onClose }: { editing: Editing; onClose: () => void }) {
  const { t } = useTranslation("automation");
  const { fixed, edit } = useWorkshop();
  return (
    <div className={classes.sideBody}>
      <div className={classes.sideTabs} style={{ justifyContent: "space-between", alignItems: "center" }}>
        <Text fw={600}>{t("canvas.json")}</Text>
        <CloseButton aria-label={t("inspector.close")} onClick={onClose} />
      </div>
      <fieldset disabled={fixed} className={classes.json} style={{ border: 0, margin: 0 }}>
        <JsonField
          label={t("canvas.jsonLabel")}
          description={t("canvas.jsonText")}
          minRows={20}
          maxRows={60}
          value={editing.document as unknown as Json}
          refuse={unreadable}
          onChange={(next) => edit(() => toCanvas(next as unknown as Workflow), "json")}
        />
      </fieldset>
    </div>
  );
}

/** Ctrl C, Ctrl V, Ctrl D with steps, outside of texts. The clipboard is the browser's: steps go from workflow to workflow. */
function useClipboard(): void {
  const { t } = useTranslation("automation");
  const { canvas, fixed, selected, select, edit } = useWorkshop();
  const copied = canvas.steps.filter((each) => selected.includes(each.key));
  const pasteSteps = (steps: CanvasStep[], at: Record<string, Position>) => {
    const [changed, keys] = paste(pinned(canvas), steps, at);
    edit(() => changed);
    select(keys);
  };
  useShortcuts([
    {
      key: "mod+c",
      label: t("canvas.copy"),
      outsideText: true,
      run: () => {
        if (copied.length > 0) keepCopy(copied, positions(canvas));
      },
    },
    ...(fixed
      ? []
      : [
          {
            key: "mod+v",
            label: t("canvas.paste"),
            outsideText: true,
            run: () => {
              const kept = readCopy();
              if (kept) pasteSteps(kept.steps, kept.at);
            },
          },
          {
            key: "mod+d",
            label: t("canvas.duplicate"),
            outsideText: true,
            run: () => {
              if (copied.length > 0) pasteSteps(copied, byId(copied, positions(canvas)));
            },
          },
        ]),
  ]);
}

const COPY = "parley.copied-steps";

function keepCopy(steps: CanvasStep[], at: Record<string, Position>): void {
  localStorage.setItem(COPY, JSON.stringify({ steps, at: byId(steps, at) }));
}

function readCopy(): { steps: CanvasStep[]; at: Record<string, Position> } | undefined {
  const kept = localStorage.getItem(COPY);
  return kept ? JSON.parse(kept) : undefined;
}

function byId(steps: CanvasStep[], at: Record<string, Position>): Record<string, Position> {
  return Object.fromEntries(steps.flatMap(({ key, step }) => (at[key] ? [[step.id, at[key]]] : [])));
}

/** Every block where it stands now: moving one must not let the others jump. */
function pinned(canvas: Parameters<typeof place>[0]): Parameters<typeof place>[0] {
  const known = canvas.frame.definition.layout ?? {};
  return canvas.steps.every((each) => known[each.step.id])
    ? canvas
    : place(canvas, byId(canvas.steps, positions(canvas)));
}

function keyedById(steps: CanvasStep[], at: Record<string, Position>): Record<string, Position> {
  return { ...byId(steps, at), ...(at[TRIGGER] && { [TRIGGER]: at[TRIGGER] }) };
}

/** ELK's points, rounded as the blocks are. */
function snapped(bends: Record<string, Position[]>): Record<string, Position[]> {
  return Object.fromEntries(
    Object.entries(bends).map(([id, points]) => [
      id,
      points.map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y) })),
    ]),
  );
}
