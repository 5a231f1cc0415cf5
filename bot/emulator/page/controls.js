// What is told to the app when somebody uses a control of a message, a modal or the Home tab.

let pressed = { what: "", at: 0 };

/** The context in which blocks are drawn: *page* has act(what, more), told(what, more), names and confirm(question, does). */
export function inMessage(page, where) {
  const click = (block, one, chosen) => pressedTwice(where, block, one) || busy(`[data-ts="${CSS.escape(where.ts)}"] [data-block="${CSS.escape(block.block_id)}"]`, one, page.told("click", { ...where, block_id: block.block_id, action_id: one.action_id,
    chosen: Object.keys(chosen).length > 1 ? chosen : null }));
  return { names: page.names, act: click, enter: click, confirm: page.confirm,
    options: async (block, one, value) => (await page.act("options", { ...where, block_id: block.block_id, action_id: one.action_id, value })).options ?? [] };
}

/** The same in *view*; *typed* gives what stands in its fields. */
export function inView(page, view, typed) {
  const where = (block, one) => ({ view: view.id, block_id: block.block_id, action_id: one.action_id });
  const click = (block, one, chosen) => pressedTwice({ ts: view.id }, block, one) || busy(`[data-block="${CSS.escape(block.block_id)}"]`, one, page.told("click", {
    ...where(block, one), chosen: Object.keys(chosen).length > 1 ? chosen : null, values: typed() }));
  return { names: page.names, confirm: page.confirm, act: click,
    enter: (block, one, chosen) => page.act("click", { ...where(block, one), chosen, values: typed() }),
    options: async (block, one, value) => (await page.act("options", { ...where(block, one), value })).options ?? [] };
}

/** A double click counts once. */
function pressedTwice(where, block, one) {
  const what = one.type === "button" ? `${where.ts} ${block.block_id} ${one.action_id} ${one.value}` : "";
  const twice = what !== "" && what === pressed.what && performance.now() - pressed.at < 600;
  pressed = { what, at: performance.now() };
  return twice;
}

/** Show on the button itself that the app was asked, until it has acknowledged. */
async function busy(place, one, asked) {
  const button = document.querySelector(`${place} [data-action="${CSS.escape(one.action_id)}"]`);
  button?.classList.add("busy");
  await asked;
  button?.classList.remove("busy");
}
