// Where people type: Enter sends, Shift+Enter makes a line, `/`, `@` and `#` complete.
import { h, icon } from "./dom.js";

/** A message box. *options* has label, placeholder(), hint(), candidates(word) and send(text), which resolves to a problem or "". */
export function composer(id, options) {
  let candidates = [];
  let chosen = 0;
  const list = h("ul", { id: `${id}-list`, class: "completions", role: "listbox", hidden: true, "aria-label": "Completions" });
  const problem = h("div", { class: "problem", role: "alert" });
  const field = h("textarea", { id, rows: 1, "aria-label": options.label, "aria-autocomplete": "list", "aria-controls": list.id,
    role: "combobox", "aria-expanded": "false", "aria-haspopup": "listbox", autocomplete: "off", spellcheck: "true", oninput: () => { grow(); complete(); }, onkeydown: keys, onblur: () => setTimeout(hide, 150) });
  const send = h("button", { type: "button", class: "send", "aria-label": "Send", onclick: submit }, icon("send"));
  const hint = h("div", { class: "composer-hint" });
  const root = h("div", { class: "composer" }, list, problem, h("div", { class: "composer-box" }, field, send),
    hint);

  function grow() {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 180)}px`;
    problem.textContent = "";
  }

  function word() {
    const before = field.value.slice(0, field.selectionStart);
    return /(?:^\/\S*|(?:^|\s)[@#][\w.-]*)$/.exec(before)?.[0].trim() ?? "";
  }

  function complete() {
    candidates = word() ? options.candidates(word()).slice(0, 8) : [];
    chosen = 0;
    draw();
  }

  function draw() {
    list.hidden = candidates.length === 0;
    field.setAttribute("aria-expanded", String(candidates.length > 0));
    list.replaceChildren(...candidates.map((one, at) => h("li", { id: `${id}-option-${at}`, role: "option", "aria-selected": at === chosen ? "true" : "false",
      onpointerdown: (event) => { event.preventDefault(); take(at); } }, h("strong", {}, one.insert), " ", h("span", { class: "small" }, one.about))));
    if (candidates.length) field.setAttribute("aria-activedescendant", `${id}-option-${chosen}`);
    else field.removeAttribute("aria-activedescendant");
  }

  function hide() { candidates = []; draw(); }

  function take(at) {
    const end = field.selectionStart;
    const start = end - word().length;
    field.setRangeText(`${candidates[at].insert} `, start, end, "end");
    hide();
    field.focus();
  }

  function keys(event) {
    if (event.isComposing) return;
    if (candidates.length) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        chosen = (chosen + (event.key === "ArrowDown" ? 1 : -1) + candidates.length) % candidates.length;
        return draw();
      }
      if (event.key === "Tab" || (event.key === "Enter" && candidates[chosen].insert !== word())) { event.preventDefault(); return take(chosen); }
      if (event.key === "Escape") { event.preventDefault(); return hide(); }
    }
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); submit(); }
  }

  async function submit() {
    const text = field.value;
    const from = draft;
    if (!text.trim()) return;
    field.value = "";
    hide();
    grow();
    const what = await options.send(text);
    if (!what) return;
    if (from !== draft) { drafts.set(from, text); return; }
    if (!field.value) field.value = text;
    grow();
    problem.textContent = what;
  }

  const drafts = new Map();
  let draft = "";

  /** Show the draft of the conversation *key*; what was typed elsewhere stays there. */
  function refresh(key) {
    field.placeholder = options.placeholder();
    hint.textContent = options.hint() ?? "";
    field.setAttribute("aria-label", field.placeholder);
    if (key === draft) return;
    drafts.set(draft, field.value);
    draft = key;
    field.value = drafts.get(key) ?? "";
    hide();
    grow();
  }

  return { root, field, refresh };
}
