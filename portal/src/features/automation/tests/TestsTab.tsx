import { ActionIcon, Alert, Button, Text, TextInput } from "@mantine/core";
import { IconCircleCheck, IconCircleX, IconFlask, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "../../../api/session";
import { EmptyState } from "../../../ui/EmptyState";
import { useWorkshop } from "../builder/context";
import { outcomes } from "../data";
import { JsonField } from "../inspector/JsonField";
import { isObject, type Json, type TestCase, type Turn } from "../model/document";
import { updateDefinition } from "../model/edits";
import classes from "./Tests.module.css";

/** The tests a workflow carries, run against what is on the canvas now. Red ones keep it from being enabled. */
export function TestsTab() {
  const { t } = useTranslation("automation");
  const { accountId } = useMe();
  const { document, edit, fixed } = useWorkshop();
  const cases = document.definition.tests ?? [];
  const found = useQuery({ ...outcomes(accountId, document), enabled: cases.length > 0 });
  const write = (tests: TestCase[]) => edit((before) => updateDefinition(before, { tests }), "tests");
  if (cases.length === 0)
    return <EmptyState icon={IconFlask} title={t("tests.emptyTitle")} text={t("tests.emptyText")} />;
  const red = found.data?.filter((each) => !each.passed).length ?? 0;
  return (
    <div className={classes.page}>
      <div className={classes.bar} role="status">
        <Text fw={600} style={{ flex: 1 }}>
          {found.isFetching
            ? t("tests.running")
            : found.data
              ? red > 0
                ? t("tests.red", { count: red, all: cases.length })
                : t("tests.green", { count: cases.length })
              : ""}
        </Text>
        <Button
          variant="default"
          leftSection={<IconPlayerPlay size={15} />}
          loading={found.isFetching}
          onClick={() => found.refetch()}
        >
          {t("tests.run")}
        </Button>
      </div>
      {found.error && (
        <Alert color="red" role="alert" mb="md">
          {found.error.message}
        </Alert>
      )}
      <ul className={classes.cases}>
        {cases.map((each, index) => (
          <Case
            // biome-ignore lint/suspicious/noArrayIndexKey: two tests may have one name
            key={index}
            test={each}
            outcome={found.isFetching ? undefined : found.data?.[index]}
            fixed={fixed}
            onChange={(next) => write(cases.map((one, at) => (at === index ? next : one)))}
            onRemove={() => write(cases.filter((_, at) => at !== index))}
          />
        ))}
      </ul>
    </div>
  );
}

interface Outcome {
  passed: boolean;
  turn?: number;
  reason?: string | null;
}

interface CaseProps {
  test: TestCase;
  outcome: Outcome | undefined;
  fixed: boolean;
  onChange: (next: TestCase) => void;
  onRemove: () => void;
}

function Case({ test, outcome, fixed, onChange, onRemove }: CaseProps) {
  const { t } = useTranslation("automation");
  const [editing, setEditing] = useState(false);
  return (
    <li className={classes.case} data-red={(outcome && !outcome.passed) || undefined}>
      <div className={classes.caseHead}>
        {outcome?.passed === true && (
          <IconCircleCheck size={19} className={classes.green} role="img" aria-label={t("tests.passed")} />
        )}
        {outcome?.passed === false && (
          <IconCircleX size={19} className={classes.bad} role="img" aria-label={t("tests.failed")} />
        )}
        <b>{test.name}</b>
        {!fixed && (
          <>
            <Button size="compact-sm" variant="subtle" aria-expanded={editing} onClick={() => setEditing(!editing)}>
              {t(editing ? "tests.close" : "tests.edit")}
            </Button>
            <ActionIcon aria-label={t("field.remove", { name: test.name })} onClick={onRemove}>
              <IconTrash size={16} stroke={1.6} />
            </ActionIcon>
          </>
        )}
      </div>
      {outcome?.reason && (
        <Alert color="red" py={6} mb={8}>
          {t("tests.turn", { turn: outcome.turn ?? 0 })} {outcome.reason}
        </Alert>
      )}
      {editing ? (
        <div className={classes.form}>
          <TextInput
            label={t("tests.name")}
            value={test.name}
            onChange={(event) => onChange({ ...test, name: event.currentTarget.value })}
          />
          <JsonField
            label={t("tests.turns")}
            description={t("tests.turnsText")}
            minRows={6}
            value={test.turns as unknown as Json}
            refuse={(value) =>
              Array.isArray(value) && value.length > 0 && value.every(isObject) ? undefined : t("tests.turnsRefused")
            }
            onChange={(next) => onChange({ ...test, turns: next as unknown as Turn[] })}
          />
        </div>
      ) : (
        <ol className={classes.turns}>
          {test.turns.map((turn, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: turns are told by their place
            <TurnLine key={index} turn={turn} failed={outcome?.passed === false && outcome.turn === index + 1} />
          ))}
        </ol>
      )}
    </li>
  );
}

function TurnLine({ turn, failed }: { turn: Turn; failed: boolean }) {
  const { t } = useTranslation("automation");
  const [kind, value] = Object.entries(turn)[0] ?? ["", ""];
  return (
    <li data-kind={kind} data-failed={failed || undefined}>
      <span className={classes.who}>{t(`tests.kinds.${kind as "bot"}`, { defaultValue: kind })}</span>
      <span className={classes.what}>{shown(value)}</span>
    </li>
  );
}

function shown(value: unknown): string {
  if (typeof value === "string") return value;
  if (isObject(value) && typeof value.tap === "string") return `[${value.tap}]`;
  if (isObject(value) && typeof value.url === "string")
    return `${value.method ?? "GET"} ${value.url} → ${value.fails ?? value.status ?? 200}`;
  return typeof value === "boolean" ? (value ? "✓" : "✗") : JSON.stringify(value);
}
