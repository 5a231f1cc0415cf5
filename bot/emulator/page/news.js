// What has come since the last look: announced where somebody reads, told by a notice where not.
import { $ } from "./dom.js";
import { spoken } from "./mrkdwn.js";
import { notice } from "./notices.js";

const LONGEST = 160;

let known = new Set();

/** Somebody else looks: nothing that is there already is news to them. */
export function forgetNews() { known = new Set(); }

/** *page* has screen, me, place, thread, names and goTo(place, root). */
export function tellNews(page) {
  const here = fresh(page).filter(({ channel, message }) => {
    const elsewhere = channel.id !== page.place || (message.only_you && message.is_reply && page.thread !== message.thread_ts);
    if (elsewhere) tellFromElsewhere(page, channel, message);
    return !elsewhere;
  }).map(({ message }) => message);
  for (const message of here) $("said").textContent = `${message.only_you ? "Only visible to you. " : ""}${page.names.personOf(message.user).name}: ${shortened(page, message)}`;
  reveal(here, page.thread);
}

/** All that others have said and that was not there before; nothing at the first look. */
function fresh({ screen, me }) {
  const first = known.size === 0;
  const found = [];
  for (const channel of screen.channels) {
    for (const message of channel.messages) {
      const key = `${channel.id} ${message.ts}`;
      if (known.has(key)) continue;
      known.add(key);
      if (!first && message.user !== me) found.push({ channel, message });
    }
  }
  return found;
}

function tellFromElsewhere(page, channel, message) {
  if (channel.kind !== "im" && !message.only_you && !message.text.includes(`<@${page.me}`)) return;
  const where = channel.kind === "im" ? "" : ` in ${page.names.placeName(channel)}`;
  notice(`${page.names.personOf(message.user).name}${where}`, shortened(page, message), () => page.goTo(channel.id, message.is_reply ? message.thread_ts : ""), channel.id);
}

function shortened({ names }, message) {
  const letters = [...spoken(message.text, names).replace(/\s+/g, " ")];
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST).join("")}…` : letters.join("");
}

/** An answer for oneself is scrolled to; of what others write while one reads further up, a button tells. */
function reveal(messages, thread) {
  const mine = messages.findLast((one) => one.only_you);
  const list = mine?.is_reply && thread === mine.thread_ts ? $("thread-messages") : $("messages");
  const there = mine && list.querySelector(`[data-ts="${CSS.escape(mine.ts)}"]`);
  if (there) list.scrollTop = Math.min(list.scrollHeight, there.offsetTop - list.offsetTop - 8);
  else if (messages.some((one) => !one.is_reply) && distanceToEnd() > 60) $("below").hidden = false;
}

/** How far the newest message is below what is seen. */
export const distanceToEnd = () => $("messages").scrollHeight - $("messages").scrollTop - $("messages").clientHeight;
