/** From what changed to what is read again. */
import type { QueryKey } from "@tanstack/react-query";
import { queries } from "../queries";
import type { Change } from "./line";

type Follower = (changes: Change[]) => void;
const followers = new Map<string, Follower>();

/** A feature that can do better than read its queries again says so for its topic. */
export function follow(topic: string, follower: Follower): void {
  followers.set(topic, follower);
}

/** Reads again what is on the screen; what is not is read when it is next opened. */
export function spread(changes: Change[], everything: boolean): void {
  if (everything) {
    queries.invalidateQueries();
    return;
  }
  for (const [topic, its] of Map.groupBy(changes, (each) => each.topic)) {
    const follower = followers.get(topic);
    if (follower) follower(its);
    else for (const queryKey of keysOf(topic, idsOf(its))) queries.invalidateQueries({ queryKey });
  }
}

/** Each thing once, however often it changed. */
export function idsOf(changes: Pick<Change, "id">[]): string[] {
  return [...new Set(changes.map((each) => each.id))];
}

/** The convention of query keys: `["campaigns", …]` are the lists, `["campaign", id, …]` is one of them. */
export function keysOf(topic: string, ids: string[]): QueryKey[] {
  return [[`${topic}s`], ...ids.map((id) => [topic, id])];
}
