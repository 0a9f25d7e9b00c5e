/** Which column of the file is which field. Pure. */
export const MOBILE = "Mobile";
export const SYSTEM = [MOBILE, "FirstName", "LastName", "ClientMessageId"] as const;

/** A column's own name as a field may be called: the server's rule. */
export function fieldName(name: string, index: number): string {
  const cleaned = name
    .trim()
    .replace(/[^\p{L}\p{N}_ .-]/gu, "")
    .slice(0, 40)
    .trim();
  if (!cleaned) return `Column${index + 1}`;
  return /^[\p{L}_]/u.test(cleaned) ? cleaned : `_${cleaned}`.slice(0, 40);
}

export type Problem = { kind: "noMobile" } | { kind: "twice"; name: string };

/** What keeps this choice from being read. */
export function problemOf(columns: (string | null)[]): Problem | undefined {
  const used = columns.filter((each): each is string => each !== null);
  if (!used.includes(MOBILE)) return { kind: "noMobile" };
  const twice = used.find((each, index) => used.indexOf(each) !== index);
  return twice ? { kind: "twice", name: twice } : undefined;
}
