// The side panel: what Slack sent, what the app called, how long each took.
import { $, h } from "./dom.js";

const MOST = 200;

/** Add an exchange, or complete one that is there. */
export function drawEntry(entry) {
  const list = $("entries");
  const key = String(entry.number);
  const there = [...list.children].find((one) => one.dataset.key === key);
  const open = there?.querySelector("details")?.open ?? false;
  const drawn = row(entry, open);
  drawn.dataset.key = key;
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  if (there) there.replaceWith(drawn);
  else list.append(drawn);
  while (list.children.length > MOST) list.firstElementChild.remove();
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function row(entry, open) {
  const toApp = entry.way === "to app";
  const took = entry.took_ms === null ? (entry.problem ? "" : "…") : `${entry.took_ms} ms`;
  const verb = toApp ? (entry.took_ms === null ? "not acknowledged" : "acknowledged in") : "answered in";
  const body = h("div", { class: "entry-body" });
  const details = h("details", { open, ontoggle: () => { fill(); if (details.open) details.scrollIntoView({ block: "nearest" }); } },
    h("summary", {}, h("span", { class: "way", title: entry.way }, toApp ? "Slack → app" : "app → Slack"), " ", h("code", {}, entry.kind),
      entry.retry ? h("span", { class: "retry" }, ` retry ${entry.retry}`) : null,
      h("span", { class: "took" }, entry.took_ms === null && !entry.problem ? "…" : `${entry.took_ms === null ? verb : took}`),
      entry.problem ? h("span", { class: "refused" }, entry.problem) : null),
    body);
  const fill = () => {
    if (!details.open || body.children.length) return;
    body.append(h("h4", {}, toApp ? "sent to the app" : "called with"), h("pre", { tabindex: "0" }, JSON.stringify(entry.sent, null, 1)),
      h("h4", {}, toApp ? `${verb} ${took}` : `answer, ${took}`), h("pre", { tabindex: "0" }, JSON.stringify(entry.answer, null, 1) ?? ""));
  };
  fill();
  return h("li", { class: `${toApp ? "to-app" : "from-app"}${entry.problem ? " bad" : ""}` }, details);
}
