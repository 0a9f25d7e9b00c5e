import { ActionIcon, Button, Collapse, Select, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown, IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { isObject, type Json, type JsonObject } from "../model/document";
import { type Finding, said } from "../model/problems";
import { textOf } from "./fields";
import classes from "./Inspector.module.css";
import { JsonField } from "./JsonField";
import { ScriptText } from "./ScriptText";
import type { FieldsProps } from "./StepFields";

const MEDIA = ["image", "video", "document", "audio"];
const KINDS = ["text", "buttons", "list", ...MEDIA, "other"] as const;
type Kind = (typeof KINDS)[number];
const MOST_BUTTONS = 3;

/** A message to the customer: words, words to tap, or a file. What no form has is edited as JSON. */
export function MessageFields(props: FieldsProps) {
  const { t } = useTranslation("automation");
  const { inputs, set } = props;
  const kind = kindOf(inputs);
  return (
    <>
      <Select
        label={t("message.kind")}
        allowDeselect={false}
        data={KINDS.map((each) => ({ value: each, label: t(`message.kinds.${each as "text"}`) }))}
        value={kind}
        onChange={(next) => next && next !== kind && set(fresh(next as Kind, inputs))}
      />
      <Content kind={kind} {...props} />
      <Recipient {...props} />
    </>
  );
}

function Content({ kind, ...props }: FieldsProps & { kind: Kind }) {
  const { t } = useTranslation("automation");
  const { stepKey, inputs, findings, set } = props;
  const content = objectOf(inputs.content);
  const error = said(findings, "inputs/content") ?? said(findings, "inputs/type") ?? whole(findings);
  switch (kind) {
    case "text":
      return (
        <ScriptText
          label={t("message.text")}
          description={t("message.textText")}
          stepKey={stepKey}
          minRows={3}
          value={textOf(content.text)}
          error={error}
          onChange={(text) => set({ content: { ...content, text } })}
        />
      );
    case "buttons":
    case "list":
      return <InteractiveFields kind={kind} error={error} {...props} />;
    case "other":
      return (
        <>
          <TextInput
            label={t("message.type")}
            value={textOf(inputs.type)}
            onChange={(event) => set({ type: event.currentTarget.value })}
          />
          <JsonField
            label={t("message.content")}
            minRows={5}
            value={inputs.content}
            error={error}
            onChange={(next) => set({ content: next })}
          />
        </>
      );
    default:
      return (
        <>
          <ScriptText
            label={t("message.url")}
            stepKey={stepKey}
            value={textOf(content.url)}
            error={error}
            onChange={(url) => set({ content: { ...content, url } })}
          />
          {kind !== "audio" && (
            <ScriptText
              label={t("message.caption")}
              stepKey={stepKey}
              value={textOf(content.text)}
              onChange={(text) => set({ content: { ...content, text } })}
            />
          )}
        </>
      );
  }
}

interface Option {
  id: string;
  title: string;
  description?: string;
}

function InteractiveFields({
  kind,
  error,
  stepKey,
  inputs,
  set,
}: FieldsProps & { kind: "buttons" | "list"; error: string | undefined }) {
  const { t } = useTranslation("automation");
  const content = objectOf(inputs.content);
  const interactive = objectOf(content.interactive);
  const options = optionsOf(interactive, kind);
  const write = (change: JsonObject) => set({ content: { ...content, interactive: { ...interactive, ...change } } });
  const writeOptions = (next: Option[]) => write({ action: actionOf(objectOf(interactive.action), kind, next) });
  const change = (index: number, part: Partial<Option>) =>
    writeOptions(options.map((each, at) => (at === index ? { ...each, ...part } : each)));
  const most = kind === "buttons" ? MOST_BUTTONS : 10;
  return (
    <>
      <ScriptText
        label={t("message.text")}
        stepKey={stepKey}
        minRows={2}
        value={textOf(objectOf(interactive.body).text)}
        error={error}
        onChange={(text) => write({ body: { ...objectOf(interactive.body), text } })}
      />
      {kind === "list" && (
        <TextInput
          label={t("message.opens")}
          maxLength={20}
          value={textOf(objectOf(interactive.action).button)}
          onChange={(event) =>
            write({ action: { ...objectOf(interactive.action), button: event.currentTarget.value } })
          }
        />
      )}
      <Stack gap={6} role="group" aria-label={t(`message.${kind}`)}>
        <Text fz="sm" fw={500}>
          {t(`message.${kind}`)}
        </Text>
        {options.map((option, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an option has no name but the one being typed
          <div key={index} className={classes.button}>
            <Stack gap={4}>
              <TextInput
                aria-label={t(kind === "buttons" ? "message.button" : "message.row", { number: index + 1 })}
                placeholder={t(kind === "buttons" ? "message.button" : "message.row", { number: index + 1 })}
                maxLength={kind === "buttons" ? 20 : 24}
                value={option.title}
                onChange={(event) => change(index, renamed(option, event.currentTarget.value, options))}
              />
            </Stack>
            <ActionIcon
              mt={3}
              aria-label={t("field.remove", { name: option.title || String(index + 1) })}
              onClick={() => writeOptions(options.filter((_, at) => at !== index))}
            >
              <IconTrash size={16} stroke={1.6} />
            </ActionIcon>
          </div>
        ))}
        <Button
          variant="subtle"
          size="compact-sm"
          style={{ alignSelf: "start" }}
          leftSection={<IconPlus size={14} />}
          disabled={options.length >= most}
          onClick={() => writeOptions([...options, { id: freshId(options, ""), title: "" }])}
        >
          {t(kind === "buttons" ? "message.addButton" : "message.addRow")}
        </Button>
      </Stack>
    </>
  );
}

/** Whom it goes to: who started the workflow, unless somebody says otherwise. */
export function Recipient({ stepKey, inputs, findings, set }: FieldsProps) {
  const { t } = useTranslation("automation");
  const [open, toggle] = useDisclosure(
    said(findings, "inputs/user") !== undefined || said(findings, "inputs/subAccountId") !== undefined,
  );
  const user = objectOf(inputs.user);
  const name = user.msisdn === undefined && user.channelUserId !== undefined ? "channelUserId" : "msisdn";
  return (
    <div>
      <UnstyledButton onClick={toggle.toggle} aria-expanded={open} fz="sm" c="var(--parley-link)" fw={500}>
        {t("recipient.title")}{" "}
        <IconChevronDown size={14} style={{ verticalAlign: "middle", rotate: open ? "180deg" : "0deg" }} aria-hidden />
      </UnstyledButton>
      <Collapse expanded={open}>
        <Stack gap="sm" mt="sm">
          <ScriptText
            label={t("recipient.user")}
            stepKey={stepKey}
            value={textOf(user[name])}
            error={said(findings, "inputs/user")}
            onChange={(value) => set({ user: { ...user, [name]: value } })}
          />
          <ScriptText
            label={t("recipient.subAccount")}
            stepKey={stepKey}
            value={textOf(inputs.subAccountId)}
            error={said(findings, "inputs/subAccountId")}
            onChange={(value) => set({ subAccountId: value })}
          />
        </Stack>
      </Collapse>
    </div>
  );
}

function kindOf(inputs: JsonObject): Kind {
  const type = textOf(inputs.type).toLowerCase();
  if (!isObject(inputs.content)) return "other";
  const content = inputs.content as JsonObject;
  if (type === "text") return "text";
  if (MEDIA.includes(type)) return type as Kind;
  if (type === "interactive" && isObject(content.interactive)) {
    const interactive = content.interactive as JsonObject;
    const action = objectOf(interactive.action);
    if (interactive.type === "button" && (!action.buttons || Array.isArray(action.buttons))) return "buttons";
    const sections = action.sections;
    if (interactive.type === "list" && (!sections || (Array.isArray(sections) && sections.length < 2))) return "list";
  }
  return "other";
}

/** Another kind of message with the words that were there. */
function fresh(kind: Kind, inputs: JsonObject): Record<string, Json | undefined> {
  const content = objectOf(inputs.content);
  const words = textOf(content.text) || textOf(objectOf(objectOf(content.interactive).body).text);
  const options = optionsOf(objectOf(content.interactive), kindOf(inputs) === "list" ? "list" : "buttons");
  const some = options.length > 0 ? options : [{ id: "option_1", title: "" }];
  switch (kind) {
    case "text":
      return { type: "text", content: { text: words } };
    case "buttons":
      return {
        type: "interactive",
        content: {
          interactive: {
            type: "button",
            body: { text: words },
            action: actionOf({}, "buttons", some.slice(0, MOST_BUTTONS)),
          },
        },
      };
    case "list":
      return {
        type: "interactive",
        content: {
          interactive: { type: "list", body: { text: words }, action: actionOf({ button: "Choose" }, "list", some) },
        },
      };
    case "other":
      return {};
    default:
      return { type: kind, content: { url: "", ...(words && kind !== "audio" && { text: words }) } };
  }
}

function optionsOf(interactive: JsonObject, kind: "buttons" | "list"): Option[] {
  const action = objectOf(interactive.action);
  const raw =
    kind === "buttons"
      ? listOf(action.buttons).map((each) => objectOf(each.reply))
      : listOf(listOf(action.sections)[0]?.rows);
  return raw.map((each) => ({ ...(each as object), id: textOf(each.id), title: textOf(each.title) }));
}

function actionOf(action: JsonObject, kind: "buttons" | "list", options: Option[]): JsonObject {
  const plain = options as unknown as JsonObject[];
  if (kind === "buttons") return { ...action, buttons: plain.map((reply) => ({ type: "reply", reply })) };
  const [first = {}] = listOf(action.sections);
  return { ...action, sections: [{ ...first, rows: plain }] };
}

/** A new title, and an id made of it while the id still was the old title's. */
function renamed(option: Option, title: string, all: Option[]): Option {
  const others = all.filter((each) => each !== option);
  const untouched = option.id === "" || option.id.startsWith("option_") || option.id === idOf(option.title);
  return { ...option, title, id: untouched ? freshId(others, title) : option.id };
}

function freshId(taken: Option[], title: string): string {
  const wish = idOf(title) || `option_${taken.length + 1}`;
  let id = wish;
  for (let number = 2; taken.some((each) => each.id === id); number += 1) id = `${wish}_${number}`;
  return id;
}

function idOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_|_$/g, "");
}

/** A finding about all inputs: the server sends what the whole message lacks. */
function whole(findings: Finding[]): string | undefined {
  return findings.find((each) => /\/inputs\/?$/.test(each.path ?? ""))?.message;
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? (value as JsonObject) : {};
}

function listOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? (value.filter(isObject) as JsonObject[]) : [];
}
