// The page: asks the server what one person sees, draws it, and sends what they do.
import { $, h, icon, reconcile } from "./dom.js";
import { workspaceClock } from "./clock.js";
import { composer } from "./composer.js";
import { inMessage, inView } from "./controls.js";
import { drawHome } from "./home.js";
import { drawMessages } from "./messages.js";
import { confirmFirst, drawModal } from "./modal.js";
import { distanceToEnd, forgetNews, tellNews } from "./news.js";
import { dropNotices, notice } from "./notices.js";
import { ask, sentenceFor, thisWindow } from "./server.js";
import { drawSidebar } from "./sidebar.js";
import { touring } from "./tour.js";
import { namesIn } from "./names.js";
import { drawEntry } from "./traffic.js";

let screen = null;
let me = sessionStorage.getItem("me") ?? "";
let place = sessionStorage.getItem("place") ?? "";
let thread = "";
let tab = "messages";
let editing = null;
let lastRead = "0";
let jumpToEnd = true;
let readAsked = "";
let arriving = false;
let looked = { place: "", newest: "0" };
let going = 0;
let anew = true;

// talking to the server

const act = (what, more = {}) => ask({ as: me, do: what, ...more });

async function told(what, more) {
  const { problem, ...rest } = await act(what, more);
  if (problem) notice("Slack", sentenceFor(problem));
  return rest;
}

let underway = null;
let queued = null;
/** Ends when what is shown is no older than this call: a look that is under way already may have come too early. */
function refresh() {
  if (!underway) return (underway = look().finally(() => { underway = null; }));
  return (queued ??= underway.catch(() => {}).then(() => { queued = null; return refresh(); }));
}

async function look() {
  for (;;) {
    const asked = me;
    const response = await fetch(`/page/screen?as=${encodeURIComponent(asked)}&window=${thisWindow}${anew ? "&anew" : ""}`).catch(() => null);
    if (!response || (!response.ok && !asked)) return; // the stream of changes will come back and ask anew
    if (!response.ok) { if (asked === me) me = ""; continue; } // of an earlier workspace
    const shown = await response.json().catch(() => null);
    if (asked !== me) continue; // somebody else looks by now
    if (!shown) return; // cut short: the next change asks anew
    screen = shown;
    anew = false;
    me = screen.me;
    return draw();
  }
}

const names = namesIn(() => screen, () => me);

const current = () => screen.channels.find((one) => one.id === place);
const isApp = (channel) => channel?.kind === "im" && channel.with.includes(screen.app.user);

// drawing

function draw() {
  if (!current()) { place = firstPlace(); arrive(); }
  const channel = current();
  main.field.disabled = !channel || going > 0; // what is typed now would be for nobody, or for somebody else
  $("team").textContent = screen.team;
  drawActing();
  if (!channel) return sidebar(); // there is no conversation that this person may see
  drawClock(screen);
  sidebar();
  drawPlace(channel);
  tour.showIfNew(screen.stage);
  seeWhatComes(channel);
  const shared = viewOf(channel, false);
  drawMessages($("messages"), channel.messages.filter((one) => !one.is_reply || one.broadcast), shared);
  drawThread(channel);
  if (tab === "home") drawHome(screen.home, `${screen.app.name} shows nothing here yet.`, modalActions.context);
  drawModal(screen.modal, screen.modals_below, modalActions);
  main.refresh(`${me} ${channel.id}`);
  tellNews({ screen, me, place, thread, names, goTo });
  jumpToEnd = false;
  readHere(channel);
}

/** What comes while somebody looks is not "new": the line stays where it was when they arrived, if it was there. */
function seeWhatComes(channel) {
  const newest = channel.messages.at(-1)?.ts ?? "0";
  const seen = `${me} ${channel.id}`;
  if (document.visibilityState === "visible" && looked.place === seen && Number(lastRead) >= Number(looked.newest)) lastRead = newest;
  looked = { place: seen, newest };
}

function firstPlace() {
  const mine = screen.channels.filter((one) => one.is_member);
  return (mine.find((one) => one.name === screen.opens) ?? mine[0] ?? screen.channels[0])?.id ?? "";
}

function drawActing() {
  const select = $("acting");
  const people = screen.people.filter((one) => !one.is_bot);
  if ([...select.options].map((one) => one.value).join() !== people.map((one) => one.id).join()) {
    select.replaceChildren(...people.map((one) => h("option", { value: one.id }, `${one.real_name} · ${one.title}`)));
  }
  select.value = me;
}

const drawClock = workspaceClock(names, (by) => told("advance", { by }));

function sidebar() {
  const waiting = drawSidebar({ screen, me, place, names, isApp, goTo });
  document.title = `${waiting ? `(${waiting}) ` : ""}${screen.app.name} · a Slack workspace on this machine`;
}

function drawPlace(channel) {
  const head = { name: names.placeName(channel), about: channel.is_member ? channel.purpose : "", members: channel.members, kind: channel.kind, app: isApp(channel), outside: !channel.is_member, appIn: channel.app_is_member };
  reconcile($("place"), [head], () => "head", () => h("div", { class: "pane-head" }, h("h1", {}, head.kind === "group" ? [icon("lock"), " "] : null, head.name),
    h("span", {}, head.about, head.about && head.kind !== "im" ? " · " : "", head.kind === "channel" || head.kind === "group" ? `${head.members} members${head.appIn ? "" : ` · ${screen.app.name} is not here`}` : ""),
    head.outside ? h("button", { type: "button", class: "button", onclick: () => told("join", { channel: place }) }, "Join") : null));
  const tabs = isApp(channel) ? tabsOfApp() : [];
  $("tabs").hidden = !tabs.includes("home");
  if (!tabs.includes(tab)) tab = tabs.at(-1) ?? "messages";
  reconcile($("tabs"), tabs.map((name) => ({ name, on: tab === name })), (one) => one.name, (one) =>
    h("button", { type: "button", role: "tab", "aria-selected": one.on ? "true" : "false", "aria-controls": one.name, onclick: () => { tab = one.name; told("home", { tab: one.name }); draw(); } }, one.name === "home" ? "Home" : "Messages"));
  $("home").hidden = tab !== "home";
  $("messages").hidden = $("composer-place").hidden = tab === "home";
}

const tabsOfApp = () => [screen.app.home_tab && "home", screen.app.messages_tab && "messages"].filter(Boolean);

function drawThread(channel) {
  const root = thread && channel.messages.find((one) => one.ts === thread);
  $("thread").hidden = !root;
  document.body.classList.toggle("with-thread", Boolean(root));
  if (!root) { thread = ""; return; }
  $("thread-where").textContent = names.placeName(channel);
  const inside = channel.messages.filter((one) => one.ts === thread || (one.thread_ts === thread && one.is_reply));
  drawMessages($("thread-messages"), inside, viewOf(channel, true));
  side.refresh(`${me} ${channel.id} ${thread}`);
}

function viewOf(channel, inThread) {
  return {
    me, names, inThread, editing: editing?.ts ?? null, jumpToEnd, lastRead: inThread ? null : lastRead,
    beginning: inThread ? null : beginningOf(channel),
    shortcuts: screen.app.shortcuts.filter((one) => one.kind === "message"),
    openThread(message) { showTraffic(false, false); thread = message.thread_ts || message.ts; jumpToEnd = true; draw(); side.field.focus(); },
    react: (message, name) => told("react", { channel: channel.id, ts: message.ts, name }),
    remove(message) {
      const gone = () => told("delete", { channel: channel.id, ts: message.ts });
      if (message.only_you) return gone();
      const asked = { title: { text: "Delete message" }, text: { text: "This cannot be undone." }, confirm: { text: "Delete" }, style: "danger" };
      return confirmFirst(asked, gone);
    },
    useShortcut: (message, one) => told("shortcut", { channel: channel.id, ts: message.ts, name: one.id }),
    edit(message) {
      const was = editing;
      editing = message;
      draw();
      if (was) document.querySelector(`[data-ts="${CSS.escape(was.ts)}"]`)?.focus();
    },
    async saveEdit(message, text) {
      if (!text.trim()) return this.remove(message);
      await told("edit", { channel: channel.id, ts: message.ts, text });
      this.edit(null);
    },
    contextFor: (message) => inMessage(page, { channel: channel.id, ts: message.ts }),
  };
}

const page = { act, told, names, confirm: (question, does) => confirmFirst(question, does) };

const modalActions = {
  submit: (view, values) => act("submit", { view: view.id, values }),
  close: (view, everything) => act("close", { view: view.id, all: everything }),
  context: (view, typed) => inView(page, view, typed),
};

// going places

function arrive() {
  lastRead = current()?.last_read ?? "0";
  jumpToEnd = true;
  editing = null;
  sessionStorage.setItem("place", place);
}

async function goTo(ref, root = "") {
  if (screen.people.some((one) => one.id === ref)) {
    going += 1;
    main.field.disabled = true;
    await told("open", { with: ref });
    await refresh().finally(() => { going -= 1; });
    ref = screen.channels.find((one) => one.kind === "im" && (one.with.includes(ref) || (ref === me && !one.with.length)))?.id ?? place;
  }
  if (ref !== place) { place = ref; thread = ""; }
  dropNotices(ref);
  if (root) thread = root;
  tab = "messages";
  arrive();
  const shows = isApp(current()) && tabsOfApp().at(-1);
  if (shows) told("home", { tab: shows });
  closeSidebar();
  draw();
  main.field.focus();
}

async function actAs(id) {
  me = id;
  sessionStorage.setItem("me", me);
  forgetNews();
  dropNotices();
  thread = "";
  arriving = true; // nothing is read before it is known what was unread
  await refresh();
  arriving = false;
  arrive();
  draw();
}

function readHere(channel) {
  if (arriving || document.visibilityState !== "visible" || !channel.is_member || tab === "home" || !channel.unread) return;
  const last = channel.messages.at(-1)?.ts ?? "0";
  const asked = `${me} ${channel.id} ${last}`;
  if (asked === readAsked) return;
  readAsked = asked;
  act("read", { channel: channel.id });
}

// a tour

const tour = touring({
  act,
  box: (inThread) => (inThread ? side : main).field,
  async goThere(stage) {
    if (stage.as && stage.as !== me) await actAs(stage.as);
    if (stage.channel && (stage.channel !== place || tab !== "messages")) {
      await refresh();
      if (screen.channels.some((one) => one.id === stage.channel)) { place = stage.channel; tab = "messages"; thread = ""; arrive(); }
    }
    if (stage.thread !== undefined) thread = stage.thread;
    draw();
  },
});

// what the window itself does

function candidates(word) {
  if (word.startsWith("/")) {
    const all = [...screen.app.commands.map((one) => ({ insert: one.command, about: `${one.hint} — ${one.description}` })), { insert: "/invite", about: `@${screen.app.name} — add somebody to this channel` }];
    return all.filter((one) => one.insert.startsWith(word.toLowerCase()));
  }
  const typed = word.slice(1).toLowerCase();
  if (word.startsWith("@")) return screen.people.filter((one) => one.name.startsWith(typed) || one.real_name.toLowerCase().startsWith(typed)).map((one) => ({ insert: `@${one.name}`, about: `${one.real_name}${one.title ? `, ${one.title}` : ""}` }));
  const named = screen.channels.filter((one) => one.kind === "channel" || (one.kind === "group" && one.is_member));
  return named.filter((one) => one.name.startsWith(typed)).map((one) => ({ insert: `#${one.name}`, about: one.purpose }));
}

const sendTo = (inThread) => async (text) => {
  jumpToEnd = true;
  lastRead = current().messages.at(-1)?.ts ?? lastRead;
  const { problem } = await act("say", { channel: place, text, thread_ts: inThread ? thread : "" });
  return /^[A-Z]/.test(problem ?? "") ? problem : ""; // Slack itself has told the rest in the conversation
};

const beginningOf = (channel) => isApp(channel)
  ? `This is where you and ${screen.app.name} talk, seen by nobody else. ${screen.hints.direct}`
  : channel.kind === "im" ? `This is the beginning of your conversation with ${names.placeName(channel)}.` : `This is the beginning of ${names.placeName(channel)}.`;

const main = composer("composer", { label: "Message", hint: () => screen?.hints.channel, candidates, send: sendTo(false), placeholder: () => `Message ${names.placeName(current())}` });
main.field.disabled = true; // until it is known where one is
const side = composer("thread-composer", { label: "Reply in thread", hint: () => screen?.hints.thread, candidates, send: sendTo(true), placeholder: () => "Reply…" });
$("composer-place").append(main.root);
$("thread-composer-place").append(side.root);

$("acting").addEventListener("change", (event) => actAs(event.target.value));
$("thread-close").addEventListener("click", () => { thread = ""; draw(); main.field.focus(); });
for (const button of document.querySelectorAll("[data-icon]")) button.prepend(icon(button.dataset.icon));

function showTraffic(on, refocus = true) {
  if (on === !$("traffic").hidden) return;
  $("traffic").hidden = !on;
  if (on && thread && innerWidth < 1500) { thread = ""; draw(); }
  $("traffic-toggle").setAttribute("aria-expanded", String(on));
  if (on) $("entries").scrollTop = $("entries").scrollHeight;
  else if (refocus) $("traffic-toggle").focus();
}
$("traffic-toggle").addEventListener("click", () => showTraffic($("traffic").hidden));
$("traffic-close").addEventListener("click", () => showTraffic(false));

function closeSidebar() { document.body.classList.remove("with-sidebar"); $("menu").setAttribute("aria-expanded", "false"); }
$("menu").addEventListener("click", () => { const on = document.body.classList.toggle("with-sidebar"); $("menu").setAttribute("aria-expanded", String(on)); if (on) $("sidebar").querySelector("button")?.focus(); });

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || $("modal").open) return;
  if (document.body.classList.contains("with-sidebar")) { closeSidebar(); $("menu").focus(); }
  else if (event.defaultPrevented) return;
  else if (thread) { thread = ""; draw(); main.field.focus(); }
  else if (!$("traffic").hidden) showTraffic(false);
});
$("main").addEventListener("pointerdown", () => closeSidebar());
$("messages").addEventListener("scroll", () => { if (distanceToEnd() < 60) $("below").hidden = true; });
$("below").addEventListener("click", () => { $("messages").scrollTop = $("messages").scrollHeight; main.field.focus(); });
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-channel]");
  if (!link) return;
  event.preventDefault();
  if (screen.channels.some((one) => one.id === link.dataset.channel)) goTo(link.dataset.channel, link.dataset.thread || "");
});
document.addEventListener("visibilitychange", () => { if (screen) readHere(current()); });

const changes = new EventSource(`/page/changes?window=${thisWindow}`);
changes.addEventListener("change", refresh);
changes.addEventListener("traffic", (event) => drawEntry(JSON.parse(event.data)));
changes.addEventListener("stage", (event) => { if (screen) tour.show(JSON.parse(event.data)); });
changes.onerror = () => { $("ended").hidden = false; };
changes.onopen = () => { $("ended").hidden = true; };
fetch("/page/traffic").then((response) => response.json()).then((entries) => entries.forEach(drawEntry));
refresh();
