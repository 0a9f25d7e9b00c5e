/** The rows of a small CSV: what our server wrote, or the first lines of a person's file. Pure. */
export function parseCsv(text: string, most = Number.POSITIVE_INFINITY, delimiter = ","): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const source = text.replace(/^\uFEFF/, "");
  for (let at = 0; at < source.length && rows.length < most; at++) {
    const char = source[at];
    if (quoted) {
      if (char !== '"') cell += char;
      else if (source[at + 1] === '"') cell += source[at++];
      else quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === delimiter) {
      row.push(cell);
      cell = "";
    } else if (char === "\n") {
      rows.push([...row, cell.replace(/\r$/, "")]);
      row = [];
      cell = "";
    } else cell += char;
  }
  if ((cell || row.length > 0) && rows.length < most) rows.push([...row, cell]);
  return rows;
}

/** What separates the cells of a file: the sign its first line has most of. */
export function delimiterOf(text: string): string {
  const first = text.split("\n", 1)[0] ?? "";
  const count = (sign: string) => first.split(sign).length;
  return [",", ";", "\t"].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}
