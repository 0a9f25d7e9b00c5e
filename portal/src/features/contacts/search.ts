/** What stands in the address of the contacts. Pure. */
export interface ContactsSearch {
  q?: string;
  group?: number;
  country?: string;
  page?: number;
}

export function readContactsSearch(given: Record<string, unknown>): ContactsSearch {
  const found: ContactsSearch = {};
  if ((typeof given.q === "string" || typeof given.q === "number") && String(given.q)) found.q = String(given.q);
  if (Number.isInteger(given.group)) found.group = given.group as number;
  if (typeof given.country === "string" && /^[A-Z]{2}$/.test(given.country)) found.country = given.country;
  if (Number.isInteger(given.page) && (given.page as number) > 0) found.page = given.page as number;
  return found;
}
