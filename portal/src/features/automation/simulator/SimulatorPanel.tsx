import {
  ActionIcon,
  Alert,
  Button,
  CloseButton,
  Group,
  Modal,
  SegmentedControl,
  Text,
  TextInput,
  Tooltip,
} from "@mantine/core";
import { IconArrowBackUp, IconClock, IconRefresh, IconSend2, IconTestPipe } from "@tabler/icons-react";
import { type FormEvent, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { done } from "../../../ui/toasts";
import { WhatsAppText } from "../../../ui/WhatsAppText";
import { useWorkshop } from "../builder/context";
import { useLabels } from "../flow/labels";
import type { Mark } from "../flow/StepNode";
import { JsonField } from "../inspector/JsonField";
import { isObject, type JsonObject, type Turn } from "../model/document";
import { updateDefinition } from "../model/edits";
import { asTest, type Bubble, bubblesOf, type Played, titleOf } from "../model/play";
import { goneAlong, marksOf } from "../model/route";
import { Value } from "../runs/RunLog";
import { CallForm } from "./CallForm";
import classes from "./Simulator.module.css";
import { usePlay } from "./usePlay";

/** What a play has gone through, for the canvas. */
export interface Lit {
  marks: Record<string, Mark>;
  edges: Record<string, number | true>;
}

const BY_MESSAGE = ["inbound_chat_apps", "keyword", "campaign_reply", "inbound_sms"];
const PERSON: JsonObject = { payload: { user: { name: "Alex", msisdn: "+6591234567", channelUserId: "6591234567" } } };

/** A phone to try the workflow on before anybody else does. Nothing leaves it; the clock moves when told to. */
export function SimulatorPanel({ onLight, onClose }: { onLight: (lit: Lit) => void; onClose: () => void }) {
  const { t } = useTranslation("automation");
  const { canvas, document } = useWorkshop();
  const play = usePlay(document);
  const [view, setView] = useState<"chat" | "data">("chat");
  const { result } = play;
  useEffect(() => {
    if (!result) {
      onLight({ marks: {}, edges: {} });
      return;
    }
    const lines = result.steps.map((each) => ({
      step: each.step,
      status: each.status,
      error: each.error,
      next: each.nextSteps,
    }));
    const standing = result.standing.map((each) => each.step);
    const marks = marksOf(canvas, lines, standing);
    if (result.failedStep) marks[result.failedStep] = "failed";
    // Once is told by the colour of the line; a number is for loops.
    const gone = Object.entries(goneAlong(canvas, lines, standing));
    onLight({ marks, edges: Object.fromEntries(gone.map(([id, times]) => [id, times > 1 ? times : true])) });
  }, [result, canvas, onLight]);
  const call = result?.standing.find((each) => each.call)?.call ?? undefined;
  const needsStart = !BY_MESSAGE.includes(document.trigger);
  return (
    <section className={classes.simulator} aria-label={t("simulator.title")}>
      <div className={classes.top}>
        <SegmentedControl
          size="xs"
          aria-label={t("simulator.view")}
          value={view}
          onChange={(next) => setView(next as "chat")}
          data={[
            { value: "chat", label: t("simulator.phone") },
            { value: "data", label: t("simulator.data") },
          ]}
        />
        <Group gap={2} ms="auto" wrap="nowrap">
          <Tooltip label={t("simulator.back")}>
            <ActionIcon aria-label={t("simulator.back")} disabled={play.turns.length === 0} onClick={play.takeBack}>
              <IconArrowBackUp size={17} stroke={1.7} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={t("simulator.again")}>
            <ActionIcon aria-label={t("simulator.again")} onClick={play.startOver}>
              <IconRefresh size={17} stroke={1.7} />
            </ActionIcon>
          </Tooltip>
          <CloseButton aria-label={t("simulator.close")} onClick={onClose} />
        </Group>
      </div>
      <Clock now={result?.now} onAdvance={(advance) => play.act({ advance })} disabled={!result} />
      {view === "data" ? (
        <div className={classes.inspect}>
          <PlayData result={result} />
        </div>
      ) : (
        <Chat
          bubbles={bubblesOf(play.turns, result as Played | undefined)}
          onTap={(tap) => play.act({ customer: { tap } })}
          isBusy={play.isBusy}
        >
          {result?.handedOver && <div className={classes.system}>{t("simulator.handedOver")}</div>}
          {result?.failure && (
            <Alert color="red" py={6}>
              <b>{result.failedStep}</b>: {result.failure}
            </Alert>
          )}
          {result && !result.running && play.turns.length > 0 && !result.failure && (
            <div className={classes.system}>
              {result.steps.length > 0 ? t("simulator.ended") : t("simulator.notStarted")}
            </div>
          )}
          {result?.unmet && (
            <Alert color="yellow" py={6}>
              {result.unmet.reason}
            </Alert>
          )}
          {play.error && (
            <Alert color="red" py={6} role="alert" title={t("simulator.cannot")}>
              {play.error.message}
            </Alert>
          )}
        </Chat>
      )}
      {call ? (
        <CallForm key={`${call.method} ${call.url} ${play.turns.length}`} call={call} onAnswer={play.act} />
      ) : needsStart && !play.trigger ? (
        <StartForm onStart={play.start} />
      ) : (
        <Composer onSay={(customer) => play.act({ customer })} isBusy={play.isBusy} />
      )}
      <Record
        turns={play.turns}
        result={result as Played | undefined}
        {...(play.trigger && { trigger: play.trigger })}
      />
    </section>
  );
}

function Clock({
  now,
  onAdvance,
  disabled,
}: {
  now: string | undefined;
  onAdvance: (duration: string) => void;
  disabled: boolean;
}) {
  const { t, i18n } = useTranslation("automation");
  const shown =
    now && new Date(now).toLocaleString(i18n.language, { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
  return (
    <div className={classes.clock}>
      <IconClock size={15} stroke={1.7} aria-hidden />
      <Text fz="xs" className="tabular" style={{ flex: 1 }}>
        {shown ? `${shown} UTC` : t("simulator.clock")}
      </Text>
      {(
        [
          ["0.00:01:00", "minute"],
          ["0.01:00:00", "hour"],
          ["1.00:00:00", "day"],
        ] as const
      ).map(([duration, name]) => (
        <Button
          key={name}
          size="compact-xs"
          variant="default"
          disabled={disabled}
          title={t(`simulator.advance.${name}`)}
          onClick={() => onAdvance(duration)}
        >
          {t(`simulator.plus.${name}`)}
        </Button>
      ))}
    </div>
  );
}

function Chat({
  bubbles,
  onTap,
  isBusy,
  children,
}: {
  bubbles: Bubble[];
  onTap: (title: string) => void;
  isBusy: boolean;
  children: React.ReactNode;
}) {
  const { t } = useTranslation("automation");
  const end = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is new is at the end
  useEffect(() => {
    end.current?.scrollIntoView?.({ block: "nearest" });
  }, [bubbles.length, isBusy]);
  const newest = bubbles.findLast((each) => each.side === "bot" && each.options.length > 0)?.key;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long chat must be scrolled by keyboard too
    <div className={classes.chat} role="log" aria-label={t("simulator.chat")} aria-busy={isBusy} tabIndex={0}>
      {bubbles.length === 0 && <div className={classes.system}>{t("simulator.hint")}</div>}
      {bubbles.map((each) => (
        <ChatBubble key={each.key} bubble={each} live={each.key === newest} onTap={onTap} />
      ))}
      {children}
      <div ref={end} />
    </div>
  );
}

function ChatBubble({ bubble, live, onTap }: { bubble: Bubble; live: boolean; onTap: (title: string) => void }) {
  const { t } = useTranslation("automation");
  if (bubble.side === "system") return <SystemLine turn={bubble.turn} />;
  if (bubble.side === "customer") return <div className={classes.customer}>{bubble.text}</div>;
  return (
    <div className={classes.bot}>
      <div className={classes.words}>
        {bubble.text ? <WhatsAppText>{bubble.text}</WhatsAppText> : <i>{bubble.type}</i>}
      </div>
      {bubble.options.map((each) => (
        <button
          key={String(each.id)}
          type="button"
          className={classes.tap}
          disabled={!live}
          onClick={() => onTap(titleOf(each))}
        >
          {titleOf(each) || t("simulator.option")}
        </button>
      ))}
    </div>
  );
}

function SystemLine({ turn }: { turn: Turn }) {
  const { t } = useTranslation("automation");
  const labels = useLabels();
  if ("advance" in turn)
    return <div className={classes.system}>{t("simulator.passed", { duration: labels.duration(turn.advance) })}</div>;
  if ("http" in turn)
    return (
      <div className={classes.system}>
        {String(turn.http.method ?? "GET")} {String(turn.http.url)} →{" "}
        {String(turn.http.fails ?? turn.http.status ?? 200)}
      </div>
    );
  return null;
}

function Composer({ onSay, isBusy }: { onSay: (text: string) => void; isBusy: boolean }) {
  const { t } = useTranslation("automation");
  const [text, setText] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!text.trim() || isBusy) return;
    onSay(text.trim());
    setText("");
  };
  return (
    <form className={classes.composer} onSubmit={submit}>
      <TextInput
        style={{ flex: 1 }}
        aria-label={t("simulator.say")}
        placeholder={t("simulator.say")}
        value={text}
        maxLength={4096}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <ActionIcon type="submit" size={34} variant="filled" color="brand" aria-label={t("simulator.send")}>
        <IconSend2 size={17} />
      </ActionIcon>
    </form>
  );
}

/** A trigger that is no message: the data it brings. */
function StartForm({ onStart }: { onStart: (data: JsonObject) => void }) {
  const { t } = useTranslation("automation");
  const [data, setData] = useState<JsonObject>(PERSON);
  return (
    <div className={classes.form}>
      <JsonField
        label={t("simulator.triggerData")}
        value={data}
        maxRows={8}
        refuse={(value) => (isObject(value) ? undefined : t("input.notObject"))}
        onChange={(next) => setData(next as JsonObject)}
      />
      <Button onClick={() => onStart(data)}>{t("simulator.start")}</Button>
    </div>
  );
}

function PlayData({ result }: { result: ReturnType<typeof usePlay>["result"] }) {
  const { t } = useTranslation("automation");
  const [at, setAt] = useState<number>();
  const steps = result?.steps ?? [];
  const shown = at === undefined ? undefined : steps[at];
  const data = useMemo(() => shown?.data ?? result?.data ?? {}, [shown, result]);
  if (!result) return <Text c="dimmed">{t("simulator.noData")}</Text>;
  return (
    <>
      <ol className={classes.steps} aria-label={t("simulator.steps")}>
        {steps.map((each, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps of a play are told by their place
          <li key={index}>
            <button type="button" aria-current={index === at} onClick={() => setAt(index === at ? undefined : index)}>
              {each.step}
              {each.error && <i>{each.error}</i>}
            </button>
          </li>
        ))}
      </ol>
      {shown && (
        <>
          <Text fz="xs" c="dimmed">
            {t("runs.inputs")}
          </Text>
          <Value value={shown.inputs} />
          <Text fz="xs" c="dimmed">
            {t("runs.outputs")}
          </Text>
          <Value value={shown.outputs} />
        </>
      )}
      <Text fz="xs" c="dimmed">
        {shown ? t("simulator.dataAfter", { step: shown.step }) : t("simulator.dataNow")}
      </Text>
      <Value value={data} />
    </>
  );
}

/** What was just tried, kept as a test: from then on enabling asks for it. */
function Record({ turns, result, trigger }: { turns: Turn[]; result: Played | undefined; trigger?: JsonObject }) {
  const { t } = useTranslation("automation");
  const { document, edit, fixed } = useWorkshop();
  const [name, setName] = useState<string>();
  if (fixed || !result || (turns.length === 0 && !trigger)) return null;
  const keep = (event: FormEvent) => {
    event.preventDefault();
    const title = name?.trim();
    if (!title) return;
    const tests = [...(document.definition.tests ?? []), asTest(title, turns, result, trigger)];
    edit((before) => updateDefinition(before, { tests }));
    setName(undefined);
    done(t("simulator.kept", { name: title }));
  };
  return (
    <div className={classes.record}>
      <Button
        variant="default"
        fullWidth
        leftSection={<IconTestPipe size={16} stroke={1.7} />}
        onClick={() => setName("")}
      >
        {t("simulator.keep")}
      </Button>
      {name !== undefined && (
        <Modal
          opened
          onClose={() => setName(undefined)}
          title={t("simulator.keep")}
          closeButtonProps={{ "aria-label": t("action.close") }}
        >
          <form onSubmit={keep}>
            <TextInput
              data-autofocus
              label={t("tests.name")}
              description={t("simulator.keepText")}
              value={name}
              maxLength={200}
              required
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Group justify="flex-end" mt="lg">
              <Button type="submit">{t("simulator.keepAction")}</Button>
            </Group>
          </form>
        </Modal>
      )}
    </div>
  );
}
