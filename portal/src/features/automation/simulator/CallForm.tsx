import { Button, Group, NumberInput, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { JsonField } from "../inspector/JsonField";
import type { Json, Turn } from "../model/document";
import { answering } from "../model/play";
import classes from "./Simulator.module.css";

interface Call {
  method: string;
  url: string;
  body: string | null;
}

/** The workflow calls another system: what that answers is said here. */
export function CallForm({ call, onAnswer }: { call: Call; onAnswer: (turn: Turn) => void }) {
  const { t } = useTranslation("automation");
  const [status, setStatus] = useState<number>(200);
  const [reply, setReply] = useState<Json>({});
  return (
    <div className={classes.form}>
      <Text fz="sm">
        {t("simulator.calls")}{" "}
        <code className={classes.url}>
          {call.method} {call.url}
        </code>
      </Text>
      {call.body && <code className={classes.url}>{call.body}</code>}
      <NumberInput
        label={t("simulator.answerStatus")}
        min={100}
        max={599}
        value={status}
        onChange={(value) => setStatus(Number(value) || 200)}
      />
      <JsonField label={t("simulator.answerBody")} value={reply} maxRows={8} onChange={setReply} />
      <Group gap="xs" grow>
        <Button onClick={() => onAnswer(answering(call, status, reply))}>{t("simulator.answer")}</Button>
        <Button variant="default" onClick={() => onAnswer(answering(call, status, reply, "timeout"))}>
          {t("simulator.noAnswer")}
        </Button>
      </Group>
    </div>
  );
}
