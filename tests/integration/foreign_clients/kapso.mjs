// Sends a text, a template and an image with npm's @kapso/whatsapp-cloud-api; only its base URL is ours.
import { WhatsAppClient } from "@kapso/whatsapp-cloud-api";
import { readFileSync } from "node:fs";

const [baseUrl, accessToken, phoneNumberId, to, picture] = process.argv.slice(2);
const client = new WhatsAppClient({ baseUrl, accessToken });

const text = await client.messages.sendText({ phoneNumberId, to, body: "Hello from kapso" });
const template = await client.messages.sendTemplate({
  phoneNumberId,
  to,
  template: {
    name: "order_update",
    language: { code: "en_US" },
    components: [
      { type: "body", parameters: [{ type: "text", text: "Ana" }, { type: "text", text: "K-1" }] },
      { type: "button", subType: "url", index: 0, parameters: [{ type: "text", text: "K-1" }] },
    ],
  },
});
const uploaded = await client.media.upload({
  phoneNumberId,
  type: "image/png",
  file: new Blob([readFileSync(picture)], { type: "image/png" }),
  fileName: "picture.png",
});
const image = await client.messages.sendImage({ phoneNumberId, to, image: { id: uploaded.id, caption: "kapso" } });
const described = await client.media.get({ mediaId: uploaded.id });
const refused = await client.messages
  .sendText({ phoneNumberId, to, body: "x".repeat(5000) })
  .then(() => null, (error) => ({ code: error.code, message: error.message }));

console.log(JSON.stringify({ text, template, image, described, refused }));
