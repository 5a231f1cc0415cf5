// A tour plays in the page: captions, whom one is, what they type and press. The server says what; this shows it.
import { $ } from "./dom.js";

/**
 * *page* offers act(what, more), goThere(stage), which shows the stage's person and place, and box(inThread), the
 * message box in which people type.
 */
export function touring(page) {
  let shown = 0;
  let staging = Promise.resolve();

  /** Show a step, one at a time, so that the page follows in order. */
  function show(stage) {
    $("caption").hidden = !stage?.caption;
    if (!stage?.caption) return;
    $("caption-text").textContent = stage.caption;
    $("caption-step").textContent = stage.step ?? "";
    if (stage.number <= shown) return;
    shown = stage.number;
    staging = staging.then(() => follow(stage)).catch((error) => console.error(error));
  }

  async function follow(stage) {
    await page.goThere(stage);
    if (stage.deed === "says") play(stage.what, page.box(stage.thread), stage.takes * 0.8);
    else if (stage.deed === "uses") useBefore(stage);
    else if (stage.deed) point(controlOf(stage));
    else if (stage.ts) point(document.querySelector(`${stage.thread ? "#thread-messages" : "#messages"} [data-ts="${CSS.escape(stage.ts)}"]`));
  }

  $("caption-pause").addEventListener("click", async () => {
    const on = $("caption-pause").getAttribute("aria-pressed") !== "true";
    $("caption-pause").setAttribute("aria-pressed", String(on));
    $("caption-pause").textContent = on ? "Go on" : "Pause";
    await page.act("tour", { what: on ? "pause" : "go on" });
  });
  $("caption-end").addEventListener("click", async () => {
    await page.act("tour", { what: "end" });
    $("caption").hidden = true;
  });

  /** An older answer of the server may come after a newer step: only what is new is shown. */
  return { show, showIfNew: (stage) => { if (stage?.number > shown) show(stage); } };
}

function play(text, field, seconds) {
  const letters = [...text];
  letters.forEach((_, at) => setTimeout(() => { field.value = letters.slice(0, at + 1).join(""); field.dispatchEvent(new Event("input")); }, (seconds * 1000 * at) / letters.length));
  setTimeout(() => { field.value = ""; field.dispatchEvent(new Event("input")); }, seconds * 1000 + 150);
}

const controlOf = (stage) => document.querySelector(`[data-ts="${CSS.escape(stage.ts)}"] [data-block="${CSS.escape(stage.block)}"] [data-action="${CSS.escape(stage.action)}"]`);

/** Show the menu from which a message shortcut is used. */
function useBefore(stage) {
  const message = document.querySelector(`[data-ts="${CSS.escape(stage.ts)}"]`);
  const button = message?.querySelector(".toolbar [aria-haspopup]");
  if (!button) return;
  message.scrollIntoView({ block: "center" });
  button.click();
  point([...document.querySelectorAll(".menu button")].find((one) => one.textContent === stage.what));
  setTimeout(() => document.querySelector(".menu")?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" })), 1500);
}

function point(found) {
  if (!found) return;
  found.scrollIntoView({ block: found.offsetHeight > 400 ? "start" : "nearest" });
  found.classList.add("pointed");
  setTimeout(() => found.classList.remove("pointed"), 1700);
}
