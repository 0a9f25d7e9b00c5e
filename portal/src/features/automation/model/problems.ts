/** Where in a step a finding lies. */

export interface Finding {
  severity: string;
  code: string;
  message: string;
  path?: string;
  step?: string | null;
}

/** The part of the path below the step: `inputs/content/text`. */
export function placeOf(finding: Finding): string {
  return (finding.path ?? "").replace(/^\/definition\/steps\/\d+(?:\/do\/\d+\/\d+)*\/?/, "");
}

/** What is said of a field or of something inside it. */
export function said(findings: Finding[], place: string): string | undefined {
  const here = findings.find((each) => {
    const at = placeOf(each);
    return at === place || at.startsWith(`${place}/`);
  });
  return here?.message;
}
