// The Home tab of the app, drawn block by block: what has not changed stays as it is, with its focus, when the app
// publishes anew.
import { $, h, reconcile } from "./dom.js";
import { blocks, typedValues } from "./blocks.js";

let drawn = { view: "", blocks: [] };
let named = 0;

/** Draw *home*, the view of whoever looks, or what stands there before the app has published; null draws nothing. */
export function drawHome(home, emptyText, contextOf) {
  const place = $("home");
  if (drawn.view !== (home?.id ?? "")) {
    drawn = { view: home?.id ?? "", blocks: [] };
    place.replaceChildren();
    place.scrollTop = 0;
  }
  if (!home) {
    if (!place.children.length) place.append(h("p", { class: "small" }, emptyText));
    return;
  }
  const typed = typedValues(place); // what is being typed stays where block_id and action_id stay
  const context = contextOf(home, () => typedValues(place));
  const items = keyed(home.blocks).map(({ key, block }) => ({ key, block, values: valuesOf(home, block), view: home.id }));
  const hadFocus = place.contains(document.activeElement);
  reconcile(place, items, (item) => item.key, ({ block, values }) => {
    const [element] = blocks([block], withTyped(values, typed), context);
    element.tabIndex = -1; // takes the focus when the control that had it is gone
    return element;
  });
  if (hadFocus && !place.contains(document.activeElement)) place.focus({ preventScroll: true });
}

/** Each block with a key that stays: that of the block of the same id before, else of one that says the same. */
function keyed(list) {
  const before = [...drawn.blocks];
  const take = (same) => { const at = before.findIndex(same); return at < 0 ? null : before.splice(at, 1)[0].key; };
  const now = list.map((block) => ({ block, said: JSON.stringify({ ...block, block_id: null }), key: null }));
  for (const one of now) one.key = take((old) => old.block.block_id === one.block.block_id);
  for (const one of now) one.key ??= take((old) => old.said === one.said) ?? `block-${++named}`;
  drawn = { ...drawn, blocks: now };
  return now;
}

function valuesOf(home, block) {
  const ids = [block, ...(block.child_blocks ?? [])].map((one) => one.block_id);
  return Object.fromEntries(ids.filter((id) => home.values[id]).map((id) => [id, home.values[id]]));
}

function withTyped(values, typed) {
  const both = structuredClone(values);
  for (const [block, fields] of Object.entries(typed)) {
    for (const [action, value] of Object.entries(fields)) if (both[block]?.[action]) both[block][action] = value;
  }
  return both;
}
