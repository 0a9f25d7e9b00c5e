import { Popover, Textarea, type TextareaProps } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useId, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "../../../api/session";
import { useWorkshop } from "../builder/context";
import { functions, stepTypes } from "../data";
import { completed, fitting, type Suggestion, spotAt, suggestions } from "../model/suggestions";
import classes from "./Inspector.module.css";

interface Props extends Omit<TextareaProps, "value" | "onChange"> {
  /** The step whose data may be named. */
  stepKey: string;
  value: string;
  onChange: (value: string) => void;
  /** The whole text is a script and has no braces. */
  bare?: boolean;
}

/** A text in which data and functions can be named; they are offered while one types. */
export function ScriptText({ stepKey, value, onChange, bare = false, ...rest }: Props) {
  const { t } = useTranslation("automation");
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState<number>();
  const [active, setActive] = useState(0);
  const [asked, setAsked] = useState(false);
  const all = useSuggestions(stepKey);
  const spot = caret === undefined ? undefined : spotAt(value, caret, bare);
  const typing = spot && (spot.typed.length > 0 || !bare);
  const offered = (typing || asked) && caret !== undefined ? fitting(all, spot?.typed ?? "").slice(0, 40) : [];
  const exact = offered.length === 1 && offered[0]?.text === spot?.typed;
  const open = offered.length > 0 && !exact;
  const chosen = offered[Math.min(active, offered.length - 1)];

  const close = () => {
    setCaret(undefined);
    setAsked(false);
  };
  const look = () => {
    setActive(0);
    setCaret(field.current?.selectionStart ?? undefined);
  };
  const take = (suggestion: Suggestion) => {
    const made = completed(value, caret ?? value.length, suggestion.text, bare);
    onChange(made.text);
    close();
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(made.caret, made.caret);
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      setAsked(true);
      look();
    } else if (!open) return;
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : offered.length - 1;
      setActive((before) => (Math.min(before, offered.length - 1) + step) % offered.length);
    } else if (event.key === "Enter" || event.key === "Tab") {
      event.preventDefault();
      if (chosen) take(chosen);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  };
  return (
    <Popover
      opened={open}
      position="bottom-start"
      offset={4}
      withRoles={false}
      trapFocus={false}
      returnFocus={false}
      width={320}
    >
      <Popover.Target>
        <Textarea
          {...rest}
          ref={field}
          autosize
          minRows={rest.minRows ?? 1}
          spellCheck={!bare}
          value={value}
          {...(open && { "aria-controls": `${id}list`, "aria-activedescendant": `${id}${chosen?.text}` })}
          aria-autocomplete="list"
          onChange={(event) => {
            onChange(event.currentTarget.value);
            setActive(0);
            setCaret(event.currentTarget.selectionStart);
          }}
          onKeyDown={onKeyDown}
          onBlur={close}
          {...(bare && { styles: { input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 12.5 } } })}
        />
      </Popover.Target>
      <Popover.Dropdown p={4} className={classes.offers}>
        <div role="listbox" id={`${id}list`} aria-label={t("script.offers")} className={classes.offerList}>
          {offered.map((each) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field above takes the keys
            // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus
            <div
              key={each.text}
              id={`${id}${each.text}`}
              role="option"
              aria-selected={each === chosen}
              className={classes.offer}
              ref={each === chosen ? intoView : undefined}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(each)}
            >
              <code>{each.text}</code>
              {each.kind !== "function" && <span>{each.about}</span>}
            </div>
          ))}
        </div>
        {chosen?.kind === "function" && (
          <div className={classes.doc}>
            {chosen.about}
            {chosen.example && <code>{chosen.example}</code>}
          </div>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function intoView(element: HTMLElement | null): void {
  element?.scrollIntoView?.({ block: "nearest" });
}

function useSuggestions(stepKey: string): Suggestion[] {
  const { t } = useTranslation("automation");
  const { accountId } = useMe();
  const { canvas } = useWorkshop();
  const known = useQuery(functions(accountId)).data;
  const types = useQuery(stepTypes(accountId)).data;
  return useMemo(() => {
    const outputs = Object.fromEntries((types ?? []).map((each) => [each.name, each.outputs]));
    const sources = {
      trigger: t("script.fromTrigger"),
      step: (id: string) => t("script.fromStep", { id }),
      result: t("script.result"),
    };
    return suggestions(canvas, stepKey, outputs, known ?? [], sources);
  }, [canvas, stepKey, known, types, t]);
}
