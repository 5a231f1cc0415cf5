// Modals: a dialog of the browser's own, so that focus stays in it and Escape closes it.
import { $, h, icon } from "./dom.js";
import { blocks, typedValues } from "./blocks.js";
import { plain } from "./mrkdwn.js";

let shown = "";
let waiting = false;

/** Show *view*, or close the dialog if there is none. What was typed stays where block_id and action_id stay. */
export function drawModal(view, below, actions) {
  const dialog = $("modal");
  if (!view) {
    shown = "";
    if (dialog.open && dialog.dataset.kind === "view") dialog.close();
    return;
  }
  const version = JSON.stringify([view.id, view.hash, view.errors, view.failure, below]);
  if (version === shown) return;
  const same = shown && JSON.parse(shown)[0] === view.id;
  const typed = same ? typedValues(dialog) : {};
  const focus = same ? focusKey(dialog) : null;
  shown = version;
  const values = structuredClone(view.values);
  for (const [block, fields] of Object.entries(typed)) {
    for (const [action, value] of Object.entries(fields)) if (values[block]?.[action]) values[block][action] = value;
  }
  const submit = async () => {
    if (waiting) return;
    waiting = true;
    form.classList.add("waiting");
    await actions.submit(view, typedValues(dialog));
    waiting = false;
    form.classList.remove("waiting");
  };
  const context = actions.context(view, () => typedValues(dialog));
  const form = h("form", { method: "dialog", novalidate: true, onsubmit: (event) => { event.preventDefault(); submit(); } },
    h("header", {}, h("h2", {}, plain(view.title?.text ?? "")), h("button", { type: "button", class: "icon", "aria-label": "Close", onclick: () => actions.close(view, true) }, icon("close"))),
    h("div", { class: "modal-body" },
      view.failure ? h("div", { class: "alert error", role: "alert" }, view.failure) : null,
      blocks(view.blocks, values, { ...context, errors: view.errors })),
    h("footer", {},
      h("button", { type: "button", class: "button", onclick: () => actions.close(view, false) }, plain(view.close?.text ?? (below ? "Back" : "Cancel"))),
      view.submit ? h("button", { type: "submit", class: "button primary" }, plain(view.submit.text)) : null));
  dialog.replaceChildren(form);
  dialog.dataset.kind = "view";
  dialog.setAttribute("aria-label", view.title?.text ?? "Window");
  dialog.oncancel = (event) => { event.preventDefault(); actions.close(view, true); };
  if (!dialog.open) dialog.showModal();
  const wrong = dialog.querySelector(".wrong input, .wrong textarea, .wrong select");
  const first = dialog.querySelector("[autofocus]") ?? dialog.querySelector(".modal-body :is(input, textarea, select)");
  (wrong ?? (focus && dialog.querySelector(focus)) ?? (same ? null : first))?.focus();
}

function focusKey(dialog) {
  const field = document.activeElement;
  const block = dialog.contains(field) ? field.closest(".block")?.dataset.block : null;
  return block && field.dataset.action ? `[data-block="${CSS.escape(block)}"] [data-action="${CSS.escape(field.dataset.action)}"]` : null;
}

/** Slack's own question before something is done. */
export function confirmFirst(question, act) {
  const dialog = h("dialog", { class: "confirm", "aria-label": question.title.text },
    h("h2", {}, plain(question.title.text)), h("p", {}, plain(question.text.text)),
    h("footer", {},
      h("button", { type: "button", class: "button", onclick: () => dialog.close() }, plain(question.deny?.text ?? "Cancel")),
      h("button", { type: "button", class: `button ${question.style ?? "primary"}`, onclick: () => { dialog.close(); act(); } }, plain(question.confirm?.text ?? "OK"))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
