// Dialogs: who plays, what to attach, list rows, forms.
import { el, icon, initials } from "./dom.js";

/** Opens a dialog and answers a function that closes it. The browser keeps the focus inside and gives it back. */
export function sheet(title, build) {
  const dialog = el("dialog", { "aria-label": title });
  const close = () => dialog.close();
  dialog.append(
    el("div.sheet", {},
      el("div.sheet-head", {}, el("h2", {}, title), el("button.icon", { type: "button", "aria-label": "Close", onclick: close }, icon("close"))),
      build(close)),
  );
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  document.body.append(dialog);
  dialog.showModal();
  return close;
}

/** A form in a dialog; `save` gets its values and may throw: the words are shown and the dialog stays. */
export function formSheet(title, fields, label, save) {
  sheet(title, (close) => {
    const problem = el("p.problem", { role: "alert" });
    const submit = async (event) => {
      event.preventDefault();
      try {
        await save(Object.fromEntries(new FormData(event.target)), event.target);
        close();
      } catch (error) {
        problem.textContent = error.message;
      }
    };
    return el("form.sheet-form", { onsubmit: submit },
      fields, problem, el("div.row", {}, el("button.quiet", { type: "button", onclick: close }, "Cancel"), el("button.primary", { type: "submit" }, label)));
  });
}

export function field(label, name, props = {}) {
  const { hint, ...rest } = props;
  return el("label.field", {}, label, el("input", { name, ...rest }), hint ? el("small", {}, hint) : null);
}

export function area(label, name, value) {
  return el("label.field", {}, label, el("textarea", { name, rows: 4, value }));
}

export function check(label, hint, name, checked) {
  return el("label.check", {}, el("input", { type: "checkbox", name, checked }), el("span", {}, label, el("small", {}, hint)));
}

export function choice(name, label, hint, onclick) {
  return el("button.choice", { type: "button", onclick }, icon(name), el("span", {}, label, hint ? el("small", {}, hint) : null));
}

export function personChoice(person, onclick) {
  return el("button.choice", { type: "button", onclick },
    el("span.avatar", { "aria-hidden": "true" }, initials(person.name)), el("span", {}, person.name, el("small", {}, `+${person.wa_id}`)));
}
