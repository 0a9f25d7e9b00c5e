/** A file that messages name by its id: uploaded, then checked by its content. */
import { api, body, type Schemas } from "./client";

export type Media = Schemas["MediaView"];

/** What the API takes in one request; larger files go directly to storage. */
const FORM_BYTES = 4_000_000;
const LOOK_AGAIN_MS = 1_000;

export async function upload(file: File, signal: AbortSignal): Promise<Media> {
  if (file.size <= FORM_BYTES) {
    const form = new FormData();
    form.append("file", file);
    return ready(
      await body(api.POST("/api/v1/media", { body: form as never, bodySerializer: (given) => given as never, signal })),
      signal,
    );
  }
  const wish = { name: file.name, mimeType: file.type || "application/octet-stream", size: file.size };
  const { media, url, fields } = await body(api.POST("/api/v1/media/uploads", { body: wish, signal }));
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", file);
  const answer = await fetch(url, { method: "POST", body: form, signal });
  if (!answer.ok) throw new Error(`The storage answered ${answer.status}.`);
  const path = { params: { path: { mediaId: media.id } } };
  return ready(await body(api.POST("/api/v1/media/{mediaId}/complete", { ...path, signal })), signal);
}

/** A file is checked by its content before it may be sent. */
async function ready(media: Media, signal: AbortSignal): Promise<Media> {
  let found = media;
  while (found.state === "checking" || found.state === "uploading" || found.state === "fetching") {
    await new Promise((done) => setTimeout(done, LOOK_AGAIN_MS));
    const path = { params: { path: { mediaId: media.id } } };
    found = await body(api.GET("/api/v1/media/{mediaId}", { ...path, signal }));
  }
  if (found.state !== "ready") throw new Error(found.problem);
  return found;
}
