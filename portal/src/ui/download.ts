import { ApiError, Unreachable } from "../api/client";

/** Saves what is behind a link; the page stays. */
export function open(url: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.rel = "noopener";
  link.click();
}

/** What is behind a link, as text. */
export async function textAt(url: string): Promise<string> {
  const answer = await fetch(url).catch((cause) => {
    throw new Unreachable("No connection to the file.", { cause });
  });
  if (!answer.ok) throw new ApiError(answer.status, {});
  return answer.text();
}
