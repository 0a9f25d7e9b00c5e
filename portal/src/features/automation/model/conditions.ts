/** Conditions as forms: read from a script and written back. A script that no form says stays a script. */

export interface Contains {
  kind: "contains";
  not: boolean;
  value: string;
  words: string[];
  ignoreCase: boolean;
}

export interface Equals {
  kind: "equals";
  not: boolean;
  value: string;
  text: string;
}

export interface Country {
  kind: "country";
  not: boolean;
  value: string;
  country: string;
}

export interface Time {
  kind: "time";
  not: boolean;
  value: string;
  from: string;
  to: string;
  zone: string;
}

export interface Weekday {
  kind: "weekday";
  not: boolean;
  value: string;
  days: string[];
  zone: string;
}

export interface Custom {
  kind: "custom";
  script: string;
}

export type Condition =
  | Contains
  | Equals
  | Country
  | Time
  | Weekday
  | { kind: "replied" }
  | { kind: "silent" }
  | Custom;

export const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** What a new condition of a kind starts as. `value` is the text in question, `data.choice` for instance. */
export function blank(kind: Condition["kind"], value: string): Condition {
  switch (kind) {
    case "contains":
      return { kind, not: false, value, words: [], ignoreCase: true };
    case "equals":
      return { kind, not: false, value, text: "" };
    case "country":
      return { kind, not: false, value: "data.payload.user.channelUserId", country: "" };
    case "time":
      return { kind, not: false, value: "now()", from: "09:00:00", to: "18:00:00", zone: "UTC" };
    case "weekday":
      return { kind, not: false, value: "now()", days: DAYS.slice(0, 5), zone: "UTC" };
    case "custom":
      return { kind, script: "" };
    default:
      return { kind };
  }
}

export function write(condition: Condition): string {
  return `{{${script(condition)}}}`;
}

function script(condition: Condition): string {
  switch (condition.kind) {
    case "contains": {
      const [first, ...more] = condition.words;
      const words = more.length > 0 ? `[${condition.words.map(quoted).join(", ")}]` : quoted(first ?? "");
      return `${no(condition)}stringContains(${condition.value}, ${words}${condition.ignoreCase ? ", true" : ""})`;
    }
    case "equals":
      return `${condition.value} ${condition.not ? "!=" : "=="} ${quoted(condition.text)}`;
    case "country":
      return `${no(condition)}isCountryCode(${condition.value}, ${quoted(condition.country)})`;
    case "time": {
      const { value, from, to, zone } = condition;
      return `${no(condition)}isTimeOfDayBetween(${value}, ${quoted(from)}, ${quoted(to)}, ${quoted(zone)})`;
    }
    case "weekday": {
      const days = condition.days.map(
        (day) =>
          `isDayOfWeek(${condition.value}, ${quoted(day)}${condition.zone ? `, ${quoted(condition.zone)}` : ""})`,
      );
      if (days.length === 0) return condition.not ? "true" : "false";
      const either = days.join(" || ");
      return !condition.not ? either : days.length > 1 ? `!(${either})` : `!${either}`;
    }
    case "replied":
      return "step.reply != null";
    case "silent":
      return "step.reply == null";
    case "custom":
      return condition.script;
  }
}

/** The form that says exactly this script; otherwise the script itself. */
export function read(text: string): Condition {
  const whole = /^\s*{{([\s\S]*)}}\s*$/.exec(text);
  const inner = (whole?.[1] ?? text).trim();
  return (
    readReply(inner) ?? readEquals(inner) ?? readWeekdays(inner) ?? readCall(inner) ?? { kind: "custom", script: inner }
  );
}

function readReply(inner: string): Condition | undefined {
  const bare = inner.replace(/\s+/g, "");
  if (/^step\.reply!==?null$/.test(bare)) return { kind: "replied" };
  if (/^step\.reply===?null$/.test(bare)) return { kind: "silent" };
  return undefined;
}

function readEquals(inner: string): Condition | undefined {
  const found = /^([\w.$[\]'"]+)\s*(==|!=)=?\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")$/.exec(inner);
  if (!found) return undefined;
  const text = unquoted(found[3] as string);
  return text === undefined ? undefined : { kind: "equals", not: found[2] === "!=", value: found[1] as string, text };
}

function readWeekdays(inner: string): Condition | undefined {
  const negated = /^!\s*\(([\s\S]*)\)$/.exec(inner);
  const parts = split(negated?.[1] ?? inner, "||");
  const calls = parts.map((part) => callOf(part.trim()));
  if (calls.length === 0) return undefined;
  const found: Weekday = { kind: "weekday", not: negated !== null, value: "", days: [], zone: "" };
  for (const [index, call] of calls.entries()) {
    if (call?.name !== "isDayOfWeek" || call.args.length < 2 || call.args.length > 3) return undefined;
    if (call.not && (calls.length > 1 || negated)) return undefined;
    const [value, day, zone] = [
      call.args[0] as string,
      unquoted(call.args[1] as string),
      unquoted(call.args[2] ?? "''"),
    ];
    if (day === undefined || zone === undefined) return undefined;
    if (index > 0 && (value !== found.value || zone !== found.zone)) return undefined;
    found.value = value;
    found.zone = zone;
    found.not ||= call.not;
    found.days.push(DAYS.find((each) => each.toLowerCase() === day.toLowerCase()) ?? day);
  }
  return found;
}

function readCall(inner: string): Condition | undefined {
  const call = callOf(inner);
  if (!call) return undefined;
  const { name, args, not } = call;
  const value = args[0] as string;
  const texts = args.slice(1).map(unquoted);
  if (name === "isCountryCode" && args.length === 2 && texts[0] !== undefined)
    return { kind: "country", not, value, country: texts[0].toUpperCase() };
  if (name === "isTimeOfDayBetween" && args.length >= 3 && args.length <= 4) {
    const [from, to, zone = args.length === 3 ? "UTC" : undefined] = texts;
    if (from === undefined || to === undefined || zone === undefined) return undefined;
    return { kind: "time", not, value, from, to, zone };
  }
  if (name === "stringContains" && args.length >= 2 && args.length <= 3) {
    const words = wordsOf(args[1] as string);
    const third = args[2] ?? "false";
    if (words && (third === "true" || third === "false"))
      // No word yet is written as an empty one: it must not come back as a word that every text contains.
      return { kind: "contains", not, value, words: words.filter((each) => each !== ""), ignoreCase: third === "true" };
  }
  return undefined;
}

function wordsOf(argument: string): string[] | undefined {
  const list = /^\[([\s\S]*)\]$/.exec(argument);
  const words = list ? split(list[1] as string, ",").map((each) => unquoted(each.trim())) : [unquoted(argument)];
  return words.every((each) => each !== undefined) ? (words as string[]) : undefined;
}

interface Call {
  name: string;
  args: string[];
  not: boolean;
}

function callOf(text: string): Call | undefined {
  const found = /^(!?)\s*(\w+)\(([\s\S]*)\)$/.exec(text);
  if (!found) return undefined;
  const inside = found[3] as string;
  if (!isBalanced(inside)) return undefined;
  return { name: found[2] as string, not: found[1] === "!", args: split(inside, ",").map((each) => each.trim()) };
}

function no(condition: { not: boolean }): string {
  return condition.not ? "!" : "";
}

function quoted(text: string): string {
  const escaped = text.replace(/\\/g, "\\\\").replace(/'/g, "\\'").replace(/\n/g, "\\n");
  // A text must not end the script it stands in.
  return `'${escaped.replace(/}}/g, "}\\x7d").replace(/{{/g, "{\\x7b")}'`;
}

/** The text of a JavaScript string literal with the escapes this page writes; undefined for anything else. */
function unquoted(literal: string): string | undefined {
  const found = /^'((?:[^'\\]|\\.)*)'$/.exec(literal) ?? /^"((?:[^"\\]|\\.)*)"$/.exec(literal);
  if (!found) return undefined;
  const body = found[1] as string;
  if (/\\(?!['"\\n]|x7[bd])/.test(body.replace(/\\\\/g, ""))) return undefined;
  return body.replace(/\\(x7b|x7d|.)/g, (_, code: string) => ({ n: "\n", x7b: "{", x7d: "}" })[code] ?? code);
}

/** Splits at a separator that stands neither in a text nor in brackets. */
function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  walk(text, (index, depth) => {
    if (depth === 0 && text.startsWith(separator, index)) {
      parts.push(text.slice(start, index));
      start = index + separator.length;
    }
  });
  parts.push(text.slice(start));
  return parts.length === 1 && parts[0]?.trim() === "" ? [] : parts;
}

/** Whether no bracket closes before it opens: `a(1) || b(2)` is no call of `a`. */
function isBalanced(text: string): boolean {
  let lowest = 0;
  const end = walk(text, (_, depth) => {
    lowest = Math.min(lowest, depth);
  });
  return lowest >= 0 && end === 0;
}

function walk(text: string, visit: (index: number, depth: number) => void): number {
  let depth = 0;
  let quote = "";
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] as string;
    if (quote) {
      if (character === "\\") index += 1;
      else if (character === quote) quote = "";
      continue;
    }
    if (character === "'" || character === '"' || character === "`") quote = character;
    else if ("([{".includes(character)) depth += 1;
    else if (")]}".includes(character)) depth -= 1;
    visit(index, depth);
  }
  return depth;
}
