// Making and finding elements. Text is only ever set as text.

/** An element; attributes named on… are listeners, `true` is an attribute without value, null and false are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "dataset") Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const $ = (id) => document.getElementById(id);

/**
 * Make the children of *parent* those of *items*, touching only what has changed.
 * *key* names an item, *draw* makes its element. Focus stays where it was, or goes to the new version of its element.
 */
export function reconcile(parent, items, key, draw) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let at = parent.firstElementChild;
  for (const item of items) {
    const name = key(item);
    const version = JSON.stringify(item);
    let element = old.get(name);
    if (element && element.version === version) {
      old.delete(name);
    } else {
      const fresh = draw(item);
      fresh.dataset.key = name;
      fresh.version = version;
      if (element) {
        old.delete(name);
        const focused = element.contains(document.activeElement) ? document.activeElement : null;
        if (at === element) at = fresh;
        element.replaceWith(fresh);
        if (focused) (twinOf(focused, fresh) ?? fresh).focus({ preventScroll: true });
      }
      element = fresh;
    }
    if (at === element) at = at.nextElementSibling;
    else parent.insertBefore(element, at);
  }
  for (const gone of old.values()) {
    const neighbour = gone.contains(document.activeElement) ? gone.nextElementSibling ?? gone.previousElementSibling : null;
    gone.remove();
    neighbour?.focus({ preventScroll: true });
  }
}

/** The same control in a newer version of what holds it; never another one, which Enter would press by mistake. */
function twinOf(control, fresh) {
  const box = (one) => ["checkbox", "radio"].includes(one.type) ? one.value : "";
  const said = (one) => `${one.tagName} ${one.dataset.action ?? one.className} ${one.getAttribute("aria-label") ?? one.textContent} ${box(one)}`;
  return [...fresh.querySelectorAll("button, select, input, textarea, summary")].find((one) => said(one) === said(control)) ?? null;
}

const PATHS = {
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  lock: "M4 7V5.2a4 4 0 0 1 8 0V7M3 7h10v7H3z",
  thread: "M2 3h12v8H8l-3.5 3v-3H2zM5 6h6M5 8.5h4",
  send: "M2 2.5 14 8 2 13.5 4 8zM4 8h5",
  file: "M4 1.5h5l3 3v10H4zM9 1.5v3h3",
  picture: "M2 3h12v10H2zM2 11l4-4 3 3 2-2 3 3M11 6h.01",
  play: "M4 2.5v11l9-5.5z",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  more: "M8 3.5h.01M8 8h.01M8 12.5h.01",
  menu: "M2 4h12M2 8h12M2 12h12",
  down: "M8 2.5v11M3.5 9 8 13.5 12.5 9",
};

/** A small drawing, which needs no font; decoration, so it says nothing to a screen reader. */
export const icon = (name) => svg(PATHS[name]);

/** The drawing of a path on a field of 16 by 16. */
export function svg(shape) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("viewBox", "0 0 16 16");
  drawing.setAttribute("class", "drawing");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", shape);
  drawing.append(path);
  return drawing;
}

/** A menu under *button*: items are [label, action]. Arrow keys move, Escape closes. */
export function openMenu(button, items) {
  document.querySelector(".menu")?.remove();
  const holder = button.closest(".message");
  holder?.classList.add("acting");
  const close = (refocus) => {
    menu.remove();
    document.removeEventListener("pointerdown", outside, true);
    if (refocus) button.focus();
    holder?.classList.remove("acting");
  };
  const outside = (event) => { if (!menu.contains(event.target)) close(false); };
  const menu = h("div", { class: "menu", role: "menu", onkeydown: (event) => {
    const all = [...menu.children];
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined) { event.preventDefault(); all[(to + all.length) % all.length].focus(); }
    if (event.key === "Escape" || event.key === "Tab") { event.preventDefault(); event.stopPropagation(); close(true); }
  } }, items.map(([label, act]) => h("button", { type: "button", role: "menuitem", tabindex: "-1",
    onclick: () => { close(true); act(); } }, label)));
  const host = button.closest("dialog") ?? document.body;
  host.append(menu);
  const box = button.getBoundingClientRect();
  const width = menu.offsetWidth;
  menu.style.left = `${Math.max(8, Math.min(box.right - width, innerWidth - width - 8))}px`;
  const below = box.bottom + 4;
  menu.style.top = `${below + menu.offsetHeight > innerHeight ? Math.max(8, box.top - menu.offsetHeight - 4) : below}px`;
  menu.firstElementChild?.focus();
  document.addEventListener("pointerdown", outside, true);
}
