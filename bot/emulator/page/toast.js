// A notice that comes up in the corner, and goes by itself unless somebody is at it.
import { $, h } from "./dom.js";

/** *open* is what its button does; *channel* the conversation whose being opened takes it away. */
export function toast(title, text, open = null, channel = "") {
  const one = h("div", { class: "toast", dataset: { channel } }, h("strong", {}, title), h("div", {}, text),
    open ? h("button", { type: "button", class: "button", onclick: () => { one.remove(); open(); } }, "Show") : null,
    h("button", { type: "button", class: "icon", "aria-label": "Dismiss", onclick: () => one.remove() }, "✕"));
  $("toasts").append(one);
  const leave = () => (one.matches(":hover, :focus-within") ? setTimeout(leave, 3000) : one.remove());
  setTimeout(leave, 12000);
}
