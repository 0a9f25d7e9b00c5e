// Sends a text, a template and an image with npm's @whatsapp-cloudapi/client; only its base URL is ours.
import { sendImageMessage, sendTemplateMessage, sendTextMessage, uploadMedia } from "@whatsapp-cloudapi/client";
import { readFileSync } from "node:fs";

const [baseUrl, accessToken, from, to, picture] = process.argv.slice(2);
const common = { accessToken, from, to, baseUrl };

const text = await sendTextMessage({ ...common, text: "Hello from cloudapi", bizOpaqueCallbackData: "mine" });
const template = await sendTemplateMessage({
  ...common,
  templateName: "order_update",
  languageCode: "en_US",
  components: [
    { type: "body", parameters: [{ type: "text", text: "Ana" }, { type: "text", text: "C-1" }] },
    { type: "button", sub_type: "url", index: 0, parameters: [{ type: "text", text: "C-1" }] },
  ],
});
const file = new File([readFileSync(picture)], "picture.png", { type: "image/png" });
const uploaded = await uploadMedia({ accessToken, from, file, baseUrl });
const image = await sendImageMessage({ ...common, mediaId: uploaded.id, caption: "cloudapi" });
const refused = await sendTextMessage({ ...common, from: "1", text: "no such number" }).then(
  () => null,
  (error) => ({ message: error.message }),
);

console.log(JSON.stringify({ text, template, image, refused }));
