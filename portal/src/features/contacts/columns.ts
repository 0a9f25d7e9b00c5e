/** Which column of a contacts file is which field; the same names the server knows. Pure. */
export const FIELDS = ["msisdn", "firstName", "lastName", "email", "externalId", "country", "tags", "bsuid"] as const;
export type Field = (typeof FIELDS)[number];

const NAMES: Record<Field, string> = {
  msisdn: "msisdn mobile mobilenumber phone phonenumber number tel telephone whatsapp whatsappnumber",
  firstName: "firstname givenname first",
  lastName: "lastname surname familyname last",
  email: "email mail emailaddress",
  externalId: "externalid reference id",
  country: "country countrycode",
  tags: "tags",
  bsuid: "bsuid userid",
};

/** A first guess: a known name once, each other column as an attribute of its own name, a nameless one left out. */
export function guess(names: string[]): string[] {
  const used = new Set<string>();
  return names.map((name) => {
    const plain = name.toLowerCase().replace(/[^a-z]/g, "");
    const field = FIELDS.find((each) => NAMES[each].split(" ").includes(plain) && !used.has(each));
    if (field) used.add(field);
    return field ?? cleaned(name);
  });
}

/** As the server takes them: with commas between, so that none may hold one. */
export function cleaned(name: string): string {
  return name.replaceAll(",", " ").trim().slice(0, 100);
}

export function hasAddress(columns: string[]): boolean {
  return columns.some((each) => each === "msisdn" || each === "bsuid" || each === "email");
}
