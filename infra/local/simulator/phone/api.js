// The simulator's control API, as far as a phone needs it.
async function ask(method, path, body) {
  const isForm = body instanceof FormData;
  const answer = await fetch(`/_sim${path}`, {
    method,
    body: body === undefined ? undefined : isForm ? body : JSON.stringify(body),
    headers: body === undefined || isForm ? {} : { "Content-Type": "application/json" },
  });
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error?.message || `The simulator answered ${answer.status}`);
  return found;
}

export const numbers = () => ask("GET", "/numbers").then((found) => found.numbers);
export const people = () => ask("GET", "/chats").then((found) => found.customers);
export const chats = (me) => ask("GET", `/chats?wa_id=${me}`);
export const chat = (me, number) => ask("GET", `/chats/${me}/${number}`);
export const write = (me, message) => ask("POST", `/customers/${me}/messages`, message);
export const read = (me, number) => ask("POST", `/customers/${me}/read`, { phone_number_id: number });
export const change = (me, fields) => ask("PUT", `/customers/${me}`, fields);
export const prefer = (me, number, value) => ask("POST", `/customers/${me}/preferences`, { phone_number_id: number, value });

export function upload(file) {
  const form = new FormData();
  form.set("file", file, file.name);
  return ask("POST", "/media", form);
}

/** Calls back with a wa_id, or "*", whenever something changed. The browser reconnects by itself. */
export function listen(changed) {
  const stream = new EventSource("/_sim/stream");
  stream.onmessage = (event) => changed(event.data);
  stream.onopen = () => changed("*");
}

export const mediaUrl = (id) => `/_sim/media/${encodeURIComponent(id)}`;
