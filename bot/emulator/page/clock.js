// The workspace's clock: what it shows, and the buttons that move it.
import { $ } from "./dom.js";

const SHOWN = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };

/** *names* gives the reader's zone and name, *move* moves the clock by what a button says. Returns what draws it. */
export function workspaceClock(names, move) {
  let ahead = null; // of this machine's clock
  let movingTo = null;

  names.now = () => new Date(Date.now() + (ahead ?? 0));

  const words = (time) => new Intl.DateTimeFormat("en-GB", { timeZone: names.zone, ...SHOWN }).format(time);

  function tick() {
    if (ahead === null) return;
    const now = new Date(Date.now() + ahead);
    const shown = movingTo ? `${words(now)} → ${words(movingTo)}` : words(now);
    if ($("now").textContent !== shown) $("now").textContent = shown;
    $("now").title = `The workspace's time where ${names.me.name} is (${names.zone})`;
  }

  function draw(screen) {
    ahead = new Date(screen.now).getTime() - Date.now();
    const before = movingTo;
    movingTo = screen.moving_to ? new Date(screen.moving_to) : null;
    $("clock").classList.toggle("moving", Boolean(movingTo));
    for (const button of buttons) button.setAttribute("aria-disabled", String(Boolean(movingTo)));
    if (Boolean(before) !== Boolean(movingTo)) $("moved").textContent = movingTo ? `The clock moves to ${words(movingTo)}.` : `It is ${words(before)}.`;
    tick();
  }

  const buttons = document.querySelectorAll("[data-by]");
  for (const button of buttons) button.addEventListener("click", () => { if (!movingTo) move(button.dataset.by); });
  setInterval(tick, 1000);
  return draw;
}
