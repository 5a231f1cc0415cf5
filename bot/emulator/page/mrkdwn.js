// Slack's mrkdwn and rich text as elements. What people wrote becomes text nodes, never markup.
import { h } from "./dom.js";
import { emoji, withDrawings } from "./emoji.js";

const unescaped = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
const NAMED = /:([a-z0-9_+'-]+(?:::skin-tone-\d)?):/;
const INLINE = /<([^<>\n]+)>|`([^`\n]+)`|(?<![\w*])\*(?=\S)([^*\n]*[^*\s])\*(?![\w*])|(?<![\w_])_(?=\S)([^_\n]*[^_\s])_(?![\w_])|(?<![\w~])~(?=\S)([^~\n]*[^~\s])~(?![\w~])|:([a-z0-9_+'-]+(?:::skin-tone-\d)?):/g;

/** *text* in mrkdwn as nodes; *names* gives people and channels by id. */
export function mrkdwn(text, names) {
  const nodes = [];
  for (const [index, part] of text.split(/```/).entries()) {
    if (index % 2) nodes.push(h("pre", {}, unescaped(part.replace(/^\n|\n$/g, ""))));
    else nodes.push(...lines(part, names));
  }
  return nodes;
}

/** Plain text, emoji names aside, with its line breaks. */
export function plain(text) {
  return text.split(NAMED).flatMap((part, index) => (index % 2 ? emoji(part) : inlineText(part)));
}

/** *text* in mrkdwn as somebody would read it out, for notices and what is announced: dates, people and channels by name. */
export const spoken = (text, names) => words(mrkdwn(text, names)).replace(/\s*\n\s*/g, "\n").trim();

/** What stands in *nodes*, drawn emoji as their characters. */
export function words(nodes) {
  return nodes.map((node) => {
    if (typeof node === "string") return node;
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.tagName === "BR") return "\n";
    const inside = node.dataset?.emoji ?? words([...node.childNodes]);
    return ["DIV", "BLOCKQUOTE", "PRE"].includes(node.tagName) ? `\n${inside}\n` : inside;
  }).join("");
}

function lines(text, names) {
  const nodes = [];
  let quote = null;
  let listed = false;
  const rows = text.split("\n");
  rows.forEach((row, index) => {
    const quoted = /^\s*(?:&gt;|>) ?(.*)$/.exec(row);
    if (quoted) {
      if (!quote) nodes.push((quote = h("blockquote")));
      else quote.append(h("br"));
      quote.append(...inline(quoted[1], names));
      return;
    }
    const after = quote || listed;
    quote = null;
    listed = /^(?:[•◦-]|\d+\.) /.test(row);
    if (listed) { nodes.push(h("div", { class: "bullet" }, ...inline(row, names))); return; }
    if (after && !row.trim()) return;
    if (!after && index > 0) nodes.push(h("br"));
    nodes.push(...inline(row, names));
  });
  return nodes;
}

function inline(text, names) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(...inlineText(text.slice(at, match.index)));
    at = match.index + match[0].length;
    const [, control, code, bold, italic, struck, name] = match;
    if (control !== undefined) nodes.push(reference(control, names));
    else if (code !== undefined) nodes.push(h("code", {}, unescaped(code)));
    else if (bold !== undefined) nodes.push(h("strong", {}, ...inline(bold, names)));
    else if (italic !== undefined) nodes.push(h("em", {}, ...inline(italic, names)));
    else if (struck !== undefined) nodes.push(h("s", {}, ...inline(struck, names)));
    else nodes.push(...emoji(name));
  }
  nodes.push(...inlineText(text.slice(at)));
  return nodes;
}

function inlineText(text) {
  const nodes = [];
  unescaped(text).split("\n").forEach((row, index) => { if (index) nodes.push(h("br")); nodes.push(...withDrawings(row)); });
  return nodes;
}

function reference(control, names) {
  const [target, label] = control.split("|");
  if (target.startsWith("@")) return mention(names.person(target.slice(1)), names.isMe(target.slice(1)));
  if (target.startsWith("#")) return channelLink(target.slice(1), label, names);
  if (target.startsWith("!date^")) return dateOf(target, label, names);
  if (target.startsWith("!")) return mention(`@${label?.replace(/^@/, "") || target.slice(1).split("^")[0]}`, true);
  return link(unescaped(target), label ? unescaped(label) : null, names);
}

const mention = (text, mine) => h("span", { class: mine ? "mention mine" : "mention" }, text);

function channelLink(id, label, names) {
  return h("a", { href: "#", class: "mention", dataset: { channel: id } }, `#${label || names.channel(id)}`);
}

export function link(url, label, names) {
  const own = /^https:\/\/[\w-]+\.slack\.com\/archives\/(\w+)\/p(\d{10})(\d{6})/.exec(url);
  if (own) {
    const thread = new URL(url).searchParams.get("thread_ts");
    return h("a", { href: "#", dataset: { channel: own[1], ts: `${own[2]}.${own[3]}`, thread: thread ?? "" } }, label ?? "the message");
  }
  const safe = /^(https?|mailto|tel):/i.test(url);
  return safe ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label ?? url.replace(/^(mailto|tel):/, "")) : (label ?? url);
}

function dateOf(target, fallback, names) {
  const [, seconds, format] = target.split("^");
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return fallback ?? "";
  const in_ = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: names.zone, ...options }).format(date);
  const tokens = {
    date_num: () => in_({ year: "numeric", month: "2-digit", day: "2-digit" }).split("/").reverse().join("-"),
    date: () => in_({ day: "numeric", month: "long", year: "numeric" }),
    date_short: () => in_({ day: "numeric", month: "short", year: "numeric" }),
    date_long: () => in_({ weekday: "long", day: "numeric", month: "long", year: "numeric" }),
    time: () => in_({ hour: "2-digit", minute: "2-digit" }),
    time_secs: () => in_({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  };
  const near = { [-1]: "yesterday", 0: "today", 1: "tomorrow" }[dayIn(date, names.zone) - dayIn(names.now(), names.zone)];
  const shown = format.replace(/\{(\w+?)(_pretty)?\}/g, (whole, name, pretty) => (pretty && near) || (tokens[name]?.() ?? whole));
  return h("time", { datetime: date.toISOString(), title: date.toISOString() }, shown);
}

const dayIn = (date, timeZone) => Date.parse(new Intl.DateTimeFormat("en-CA", { timeZone }).format(date)) / 86_400_000;

/** A rich_text block as nodes. */
export function richText(block, names) {
  return block.elements.map((part) => {
    if (part.type === "rich_text_list") {
      return h(part.style === "ordered" ? "ol" : "ul", { class: `indent-${part.indent ?? 0}` },
        part.elements.map((item) => h("li", {}, pieces(item.elements, names))));
    }
    if (part.type === "rich_text_quote") return h("blockquote", {}, pieces(part.elements, names));
    if (part.type === "rich_text_preformatted") return h("pre", {}, pieces(part.elements, names));
    return h("div", { class: "rich" }, pieces(part.elements, names));
  });
}

function pieces(elements, names) {
  return (elements ?? []).map((one) => {
    let node = piece(one, names);
    const style = one.style ?? {};
    if (style.code) node = h("code", {}, node);
    if (style.bold) node = h("strong", {}, node);
    if (style.italic) node = h("em", {}, node);
    if (style.strike) node = h("s", {}, node);
    return node;
  });
}

function piece(one, names) {
  switch (one.type) {
    case "text": return inlineText(one.text.replace(/&/g, "&amp;"));
    case "user": return mention(names.person(one.user_id), names.isMe(one.user_id));
    case "channel": return channelLink(one.channel_id, "", names);
    case "usergroup": return mention(`@${one.usergroup_id}`, false);
    case "broadcast": return mention(`@${one.range}`, true);
    case "emoji": return emoji(one.name);
    case "link": return link(one.url, one.text, names);
    case "date": return dateOf(`!date^${one.timestamp}^${one.format}`, one.fallback, names);
    default: return one.text ?? "";
  }
}
