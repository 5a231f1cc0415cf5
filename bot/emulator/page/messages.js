// Messages: how one looks, and what can be done with it.
import { h, icon, openMenu, reconcile } from "./dom.js";
import { blocks } from "./blocks.js";
import { emoji } from "./emoji.js";
import { mrkdwn, spoken } from "./mrkdwn.js";

const TOGETHER_S = 300;

/** Draw *messages* into *list*. *view* holds names, actions, and what is new since *lastRead*. */
export function drawMessages(list, messages, view) {
  const items = view.beginning ? [{ kind: "beginning", key: "beginning", text: view.beginning }] : [];
  let before = null;
  let day = "";
  let newShown = false;
  for (const message of messages) {
    const on = view.names.day(message.ts);
    if (on !== day) { items.push({ kind: "day", key: `day-${on}`, label: on }); day = on; before = null; }
    if (!newShown && view.lastRead && Number(message.ts) > Number(view.lastRead) && message.user !== view.me) {
      items.push({ kind: "new", key: "new" });
      newShown = true;
      before = null;
    }
    // what an app says is told apart by its name each time: its messages are long, and each stands for itself
    const follows = before && !message.by_app && !message.only_you && !before.only_you && before.user === message.user && Number(message.ts) - Number(before.ts) < TOGETHER_S;
    // what is being edited stays as it is, with all that was typed
    if (view.editing === message.ts) items.push({ kind: "message", key: message.ts, editing: true, ts: message.ts });
    else items.push({ kind: "message", key: message.ts, message, follows: Boolean(follows), inThread: view.inThread, me: view.me });
    before = message;
  }
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  reconcile(list, items, (item) => item.key, (item) => {
    if (item.kind === "beginning") return h("li", { class: "beginning" }, item.text);
    if (item.kind === "day") return h("li", { class: "day" }, h("span", {}, item.label));
    if (item.kind === "new") return h("li", { class: "new", "aria-label": "New messages" }, h("span", {}, "New"));
    return drawMessage(item.editing ? { ...item, message: messages.find((one) => one.ts === item.ts) } : item, view);
  });
  rove(list);
  if (atEnd || view.jumpToEnd) {
    list.scrollTop = list.scrollHeight;
    const last = list.lastElementChild; // of a card taller than the window the beginning counts
    if (last && last.offsetHeight > list.clientHeight) list.scrollTop = last.offsetTop - list.offsetTop;
  }
}

/** One message is a stop for Tab; the arrow keys go to the others. */
function rove(list) {
  const all = [...list.querySelectorAll(":scope > .message")];
  const now = all.find((one) => one.contains(document.activeElement)) ?? all.at(-1);
  for (const one of all) one.tabIndex = one === now ? 0 : -1;
  list.onkeydown = (event) => {
    if (!["ArrowUp", "ArrowDown"].includes(event.key) || !event.target.classList.contains("message")) return;
    event.preventDefault();
    const stops = [...list.querySelectorAll(":scope > .message")];
    const to = stops[stops.indexOf(event.target) + (event.key === "ArrowUp" ? -1 : 1)];
    if (!to) return;
    event.target.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  };
}

function drawMessage({ message, follows, editing }, view) {
  const { names } = view;
  const author = names.personOf(message.user);
  let inside;
  try {
    inside = editing ? editor(message, view) : content(message, view);
  } catch (error) { // one message that cannot be drawn must not keep the others from being seen
    console.error(error);
    inside = h("div", { class: "unsupported" }, "This message cannot be drawn.");
  }
  const classes = ["message", follows && "follows", message.only_you && "only-you", message.gone && "gone"].filter(Boolean).join(" ");
  return h("li", { class: classes, dataset: { ts: message.ts }, tabindex: "-1" },
    message.only_you ? h("div", { class: "eyes" }, icon("eye"), " Only visible to you") : null,
    message.broadcast && !view.inThread ? h("div", { class: "eyes" }, "replied to a thread") : null,
    h("div", { class: "avatar", "aria-hidden": "true", style: null, dataset: { tint: names.tint(message.user) } }, author.initials),
    h("div", { class: "body" },
      h("div", { class: "by" },
        h("span", { class: "author" }, author.name),
        message.by_app ? h("span", { class: "app-badge" }, "APP") : null,
        h("time", { datetime: names.iso(message.ts), title: names.full(message.ts) }, names.time(message.ts))),
      inside,
      message.files.map((file) => h("div", { class: "file-card" }, icon("file"), ` ${file.name}`, h("span", { class: "small" }, ` ${file.size} bytes`))),
      message.reactions.length ? h("div", { class: "reactions" }, message.reactions.map((one) =>
        h("button", { type: "button", class: one.users.includes(view.me) ? "reaction mine" : "reaction",
          "aria-label": `${one.name}, ${one.users.length}: ${one.users.map((id) => names.personOf(id).name).join(", ")}`, "aria-pressed": String(one.users.includes(view.me)),
          onclick: () => view.react(message, one.name) }, emoji(one.name), " ", String(one.users.length)))) : null,
      message.replies && !view.inThread ? h("button", { type: "button", class: "replies", onclick: () => view.openThread(message) },
        `${message.replies} ${message.replies === 1 ? "reply" : "replies"}`, h("span", { class: "small" }, ` last ${names.time(message.latest_reply)}`)) : null,
      message.only_you ? h("button", { type: "button", class: "dismiss", onclick: () => view.remove(message) }, "Dismiss message") : null),
    toolbar(message, view));
}

function content(message, view) {
  const context = view.contextFor(message);
  const parts = [];
  const human = message.blocks.length === 1 && message.blocks[0].type === "rich_text";
  if (!message.blocks.length && message.text) parts.push(h("div", { class: "text" }, mrkdwn(message.text, view.names)));
  else parts.push(...blocks(message.blocks, message.values, context));
  for (const attachment of message.attachments) {
    const inside = [
      attachment.pretext ? h("div", {}, mrkdwn(attachment.pretext, view.names)) : null,
      attachment.title ? h("strong", {}, attachment.title) : null,
      attachment.text ? h("div", {}, mrkdwn(attachment.text, view.names)) : null,
      ...blocks(attachment.blocks ?? [], message.values, context),
    ];
    const box = h("div", { class: "attachment" }, inside);
    if (/^#?[0-9a-f]{6}$/i.test(attachment.color ?? "")) box.style.borderLeftColor = `#${attachment.color.replace("#", "")}`;
    parts.push(box);
  }
  if (message.edited) parts.push(h("span", { class: human ? "edited inline" : "edited" }, "(edited)"));
  return h("div", { class: "content" }, parts);
}

function editor(message, view) {
  const field = h("textarea", { rows: 2, "aria-label": "Edit the message", onkeydown: (event) => {
    if (event.key === "Escape") view.edit(null);
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); view.saveEdit(message, field.value); }
  } });
  field.value = view.names.typed(message.text);
  queueMicrotask(() => field.focus());
  return h("div", { class: "editor" }, field,
    h("div", { class: "row" },
      h("button", { type: "button", class: "button", onclick: () => view.edit(null) }, "Cancel"),
      h("button", { type: "button", class: "button primary", onclick: () => view.saveEdit(message, field.value) }, "Save")));
}

function toolbar(message, view) {
  if (message.gone) return null;
  const answers = !message.only_you && !view.inThread;
  const more = () => openMenu(button, [
    ...(answers ? [["Reply in thread", () => view.openThread(message)]] : []),
    ...(message.only_you ? [] : view.shortcuts.map((one) => [one.name, () => view.useShortcut(message, one)])),
    ...(message.only_you ? [] : [[["React with ", ...emoji("+1")], () => view.react(message, "+1")]]),
    ["Copy the text", () => navigator.clipboard?.writeText(spoken(message.text, view.names))],
    ...(message.user === view.me && !message.only_you && message.blocks.length ? [["Edit message", () => view.edit(message)], ["Delete message", () => view.remove(message)]] : []),
    ...(message.only_you ? [["Dismiss message", () => view.remove(message)]] : []),
  ]);
  const button = h("button", { type: "button", class: "icon", "aria-label": "More actions", title: "More actions", "aria-haspopup": "menu", onclick: more }, icon("more"));
  return h("div", { class: "toolbar" },
    answers ? h("button", { type: "button", class: "icon reply", "aria-label": "Reply in thread", title: "Reply in thread", onclick: () => view.openThread(message) }, icon("thread")) : null,
    button);
}
