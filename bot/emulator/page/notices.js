// Notices in the corner: one at a time, the others wait. Each goes by itself unless somebody is at it.
import { $, h, icon } from "./dom.js";
import { withDrawings } from "./emoji.js";

const ALONE_S = 12;
const WHILE_OTHERS_WAIT_S = 5;

let notices = []; // the first is shown
let leaving = null;

/** *open* is what its button does; *channel* the conversation whose being opened takes it away. */
export function notice(title, text, open = null, channel = "") {
  const waiting = notices.slice(1).find((one) => channel && one.channel === channel && one.title === title);
  if (waiting) Object.assign(waiting, { text, open, times: waiting.times + 1 }); // the newest speaks for them
  else notices.push({ title, text, open, channel, times: 1 });
  if (notices.length === 1) show();
  else drawCount();
}

/** Take away those of *channel*, or all of them: somebody else looks by now. */
export function dropNotices(channel = null) {
  const first = notices[0];
  notices = channel === null ? [] : notices.filter((one) => one.channel !== channel);
  if (notices[0] !== first) show();
  else drawCount();
}

function show() {
  clearTimeout(leaving);
  const hadFocus = $("toasts").contains(document.activeElement);
  const [one] = notices;
  $("toasts").replaceChildren(...(one ? [draw(one)] : []));
  if (hadFocus) ($("toasts").querySelector(".icon") ?? $("composer")).focus();
  if (!one) return;
  drawCount();
  const leave = () => { if ($("toasts").querySelector(":hover, :focus-within")) stay(); else next(one); };
  const stay = () => { leaving = setTimeout(leave, (notices.length > 1 ? WHILE_OTHERS_WAIT_S : ALONE_S) * 1000); };
  stay();
}

function draw(one) {
  const title = one.times > 1 ? `${one.title} (${one.times} messages)` : one.title;
  return h("div", { class: "toast" }, h("strong", {}, withDrawings(title)), h("div", {}, withDrawings(one.text)),
    h("div", { class: "row" },
      one.open ? h("button", { type: "button", class: "button", onclick: () => { next(one); one.open(); } }, "Show") : null,
      h("button", { type: "button", class: "button", id: "dismiss-all", hidden: true, onclick: () => dropNotices() }, "Dismiss all"),
      h("span", { id: "more-notices", class: "small" })),
    h("button", { type: "button", class: "icon", "aria-label": "Dismiss", onclick: () => next(one) }, icon("close")));
}

function next(one) {
  notices = notices.filter((other) => other !== one);
  show();
}

function drawCount() {
  if (!notices.length) return;
  const more = notices.slice(1).reduce((sum, one) => sum + one.times, 0);
  $("dismiss-all").hidden = !more;
  $("more-notices").textContent = more ? `${more} more` : "";
}
