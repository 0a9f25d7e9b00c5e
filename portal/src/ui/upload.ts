/** A file straight to where files are kept, with progress; the form and its fields come from the server. */

export interface UploadForm {
  url: string;
  fields: Record<string, string>;
}

/** The file did not arrive; `at` is how far it came, 0 to 1. */
export class UploadFailed extends Error {
  readonly reason: "connection" | "too-large" | "refused";
  readonly at: number;

  constructor(reason: UploadFailed["reason"], at: number) {
    super(reason);
    this.reason = reason;
    this.at = at;
  }
}

export function upload(form: UploadForm, file: File, onProgress: (done: number) => void, signal?: AbortSignal) {
  return new Promise<void>((resolve, reject) => {
    const request = new XMLHttpRequest();
    const data = new FormData();
    for (const [name, value] of Object.entries(form.fields)) data.append(name, value);
    data.append("file", file);
    let at = 0;
    request.upload.onprogress = (event) => {
      at = event.total ? event.loaded / event.total : 0;
      onProgress(at);
    };
    request.onload = () => {
      if (request.status < 300) resolve();
      else reject(new UploadFailed(/TooLarge/.test(request.responseText) ? "too-large" : "refused", at));
    };
    request.onerror = () => reject(new UploadFailed("connection", at));
    request.onabort = () => reject(new DOMException("stopped", "AbortError"));
    signal?.addEventListener("abort", () => request.abort());
    request.open("POST", form.url);
    request.send(data);
  });
}

const EXTENSIONS = ["csv", "txt", "xlsx"];
export const MOST_BYTES = 30 * 1024 * 1024;

/** What is wrong with a spreadsheet before a byte of it is sent. */
export function wrongWith(file: Pick<File, "name" | "size">): "type" | "empty" | "size" | undefined {
  const extension = file.name.includes(".") ? file.name.split(".").pop()?.toLowerCase() : "";
  if (!EXTENSIONS.includes(extension ?? "")) return "type";
  if (file.size === 0) return "empty";
  return file.size > MOST_BYTES ? "size" : undefined;
}
