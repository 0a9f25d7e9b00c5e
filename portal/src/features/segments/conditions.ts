/** A segment's filter as a list of conditions, as people read and write it, and back. Pure. */
import type { Schemas } from "../../api/client";

export type Filter = Schemas["Filter-Output"];
type Op = Schemas["AttributeIs-Output"]["op"];
type Outcome = Schemas["SegmentsOutcome"];

export const LISTS = ["countries", "tags", "withoutTags", "groups"] as const;
export type ListKind = (typeof LISTS)[number];
export const OPS: Op[] = ["is", "is-not", "contains", "exists", "missing"];
export const OUTCOMES: Outcome[] = ["received", "read", "not-read", "replied", "not-replied", "failed"];

export type Condition =
  | { kind: ListKind; values: string[] }
  | { kind: "attribute"; name: string; op: Op; value: string }
  | { kind: "wrote" | "silent"; days: number }
  | { kind: "marketing"; may: boolean }
  | { kind: "campaign"; campaignId: string; outcome: Outcome };
export type Kind = Condition["kind"];

const KINDS: Kind[] = [...LISTS, "attribute", "wrote", "silent", "marketing", "campaign"];
const MOST_ATTRIBUTES = 20;
export const MOST_DAYS = 3650;

/** What may still be added: each kind once, attributes up to twenty times. */
export function addable(conditions: Condition[]): Kind[] {
  const count = (kind: Kind) => conditions.filter((each) => each.kind === kind).length;
  return KINDS.filter((kind) => count(kind) < (kind === "attribute" ? MOST_ATTRIBUTES : 1));
}

export function begun(kind: Kind): Condition {
  switch (kind) {
    case "attribute":
      return { kind, name: "", op: "is", value: "" };
    case "wrote":
    case "silent":
      return { kind, days: 30 };
    case "marketing":
      return { kind, may: true };
    case "campaign":
      return { kind, campaignId: "", outcome: "not-read" };
    default:
      return { kind, values: [] };
  }
}

/** Half a condition would mean more people than its author thinks: it is neither counted nor kept. */
export function isWhole(condition: Condition): boolean {
  switch (condition.kind) {
    case "attribute":
      return condition.name.trim() !== "" && (!needsValue(condition.op) || condition.value.trim() !== "");
    case "wrote":
    case "silent":
      return Number.isInteger(condition.days) && condition.days >= 1 && condition.days <= MOST_DAYS;
    case "marketing":
      return true;
    case "campaign":
      return condition.campaignId !== "";
    default:
      return condition.values.length > 0;
  }
}

export function needsValue(op: Op): boolean {
  return op !== "exists" && op !== "missing";
}

export function conditionsOf(filter: Filter): Condition[] {
  const found: Condition[] = [];
  for (const kind of LISTS) if (filter[kind].length > 0) found.push({ kind, values: [...filter[kind]] });
  for (const each of filter.attributes)
    found.push({ kind: "attribute", name: each.name, op: each.op, value: each.value });
  if (filter.wroteWithinDays !== null) found.push({ kind: "wrote", days: filter.wroteWithinDays });
  if (filter.silentForDays !== null) found.push({ kind: "silent", days: filter.silentForDays });
  if (filter.mayGetMarketing !== null) found.push({ kind: "marketing", may: filter.mayGetMarketing });
  if (filter.campaign) found.push({ kind: "campaign", ...filter.campaign });
  return found;
}

/** `subaccountId` has no condition of its own here: it stays as it was. */
export function filterOf(conditions: Condition[], subaccountId: string): Filter {
  const filter: Filter = {
    countries: [],
    tags: [],
    withoutTags: [],
    groups: [],
    attributes: [],
    wroteWithinDays: null,
    silentForDays: null,
    mayGetMarketing: null,
    campaign: null,
    subaccountId,
  };
  for (const each of conditions) {
    switch (each.kind) {
      case "attribute":
        filter.attributes.push({
          name: each.name.trim(),
          op: each.op,
          value: needsValue(each.op) ? each.value.trim() : "",
        });
        break;
      case "wrote":
        filter.wroteWithinDays = each.days;
        break;
      case "silent":
        filter.silentForDays = each.days;
        break;
      case "marketing":
        filter.mayGetMarketing = each.may;
        break;
      case "campaign":
        filter.campaign = { campaignId: each.campaignId, outcome: each.outcome };
        break;
      default:
        filter[each.kind] = each.values;
    }
  }
  return filter;
}
