import { Textarea } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Json } from "../model/document";

interface Props<Value extends Json | undefined> {
  label: string;
  hiddenLabel?: boolean;
  description?: string;
  value: Value;
  error?: string | undefined;
  minRows?: number;
  maxRows?: number;
  /** What of a value that is JSON cannot be taken. */
  refuse?: (value: unknown) => string | undefined;
  onChange: (value: Json) => void;
}

/** JSON to edit: what is not JSON yet stays in the field and changes nothing. */
export function JsonField<Value extends Json | undefined>({
  label,
  hiddenLabel,
  value,
  refuse,
  onChange,
  error,
  ...rest
}: Props<Value>) {
  const { t } = useTranslation("automation");
  const shown = value === undefined ? "" : JSON.stringify(value, null, 2);
  const [text, setText] = useState(shown);
  const [fault, setFault] = useState<string>();
  const mine = useRef(shown);
  useEffect(() => {
    // Changed elsewhere: on the canvas, or by undo.
    if (shown === mine.current) return;
    mine.current = shown;
    setText(shown);
    setFault(undefined);
  }, [shown]);
  const change = (next: string) => {
    setText(next);
    try {
      const parsed = JSON.parse(next) as Json;
      const refusal = refuse?.(parsed);
      setFault(refusal);
      if (refusal) return;
      mine.current = JSON.stringify(parsed, null, 2);
      onChange(parsed);
    } catch (reason) {
      setFault(t("field.notJson", { reason: reason instanceof Error ? reason.message : String(reason) }));
    }
  };
  return (
    <Textarea
      {...rest}
      {...(hiddenLabel ? { "aria-label": label } : { label })}
      autosize
      maxRows={rest.maxRows ?? 24}
      spellCheck={false}
      value={text}
      error={fault ?? error}
      onChange={(event) => change(event.currentTarget.value)}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 12.5 } }}
    />
  );
}
