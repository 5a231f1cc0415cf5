// The list of channels, people and the app, with what is unread in each.
import { $, h, icon, reconcile } from "./dom.js";

/** Draws it for whoever looks at *place*; gives how many messages elsewhere are for them. */
export function drawSidebar({ screen, me, place, names, isApp, goTo }) {
  const groups = [
    ["Channels", screen.channels.filter((one) => one.kind === "channel" || one.kind === "group")],
    ["Direct messages", directs(screen, me)],
    ["Apps", [screen.channels.find(isApp) ?? unopened(screen.app.user, screen.app.name)]],
  ];
  const items = groups.flatMap(([label, list]) => [{ head: label }, ...list.map((one) => ({ ...one, messages: undefined, now: one.id === place }))]);
  reconcile($("sidebar"), items, (item) => item.head ?? `${item.id}${item.person ?? ""}`, (item) => item.head ? h("h2", {}, item.head) : link(item, names, goTo));
  const waiting = screen.channels.filter((one) => one.id !== place).reduce((sum, one) => sum + one.mentions, 0);
  $("menu").dataset.waiting = waiting ? String(waiting) : "";
  return waiting;
}

const unopened = (person, label) => ({ id: "", person, label, unread: 0, mentions: 0, kind: "im" });

function directs(screen, me) {
  const open = screen.channels.filter((one) => one.kind === "im" && !one.with.includes(screen.app.user));
  const others = screen.people.filter((one) => !one.is_bot && one.id !== me && !open.some((channel) => channel.with.includes(one.id)));
  return [...open, ...others.map((one) => unopened(one.id, one.real_name))];
}

function link(item, names, goTo) {
  const label = item.label ?? names.placeName(item);
  const classes = ["side", item.now && "now", item.unread && "unread", item.is_member === false && "outside"].filter(Boolean).join(" ");
  const badge = item.kind === "im" ? item.unread : item.mentions;
  return h("button", { type: "button", class: classes, "aria-current": item.now ? "page" : null, onclick: () => goTo(item.id || item.person) },
    h("span", {}, item.kind === "group" ? [icon("lock"), " "] : null, label), badge ? h("span", { class: "badge", "aria-label": `${badge} unread` }, String(badge)) : item.unread ? h("span", { class: "unseen" }, "unread") : null);
}
