// Block Kit as elements. `context` tells who looks (`names`) and what a click does:
// act(block, element, chosen) for what is told to the app, enter(block, element, chosen) for what waits for Submit.
import { h, icon, openMenu } from "./dom.js";
import { mrkdwn, plain, richText, words } from "./mrkdwn.js";

/** The blocks of a message, modal or Home tab. *values* is what stands in their inputs, by block_id and action_id. */
export function blocks(list, values, context) {
  return list.map((block) => h("div", { class: `block ${block.type}`, dataset: { block: block.block_id ?? "" } },
    (drawers[block.type] ?? unknown)(block, values, context)));
}

export const text = (object, context) =>
  !object ? [] : object.type === "mrkdwn" ? mrkdwn(object.text, context.names) : plain(object.text);

const drawers = {
  section(block, values, context) {
    return [
      h("div", { class: "section-body" },
        block.text ? h("div", { class: "text" }, text(block.text, context)) : null,
        block.fields ? h("div", { class: "fields" }, block.fields.map((one) => h("div", {}, text(one, context)))) : null),
      block.accessory ? h("div", { class: "accessory" }, element(block, block.accessory, values, context)) : null,
    ];
  },
  header: (block) => h("h3", {}, plain(block.text.text)),
  divider: () => h("hr"),
  context: (block, values, context) => block.elements.map((one) =>
    one.type === "image" ? picture(one) : h("span", {}, text(one, context))),
  actions: (block, values, context) => block.elements.map((one) => element(block, one, values, context)),
  context_actions: (block, values, context) => block.elements.map((one) => element(block, one, values, context)),
  image: (block) => [block.title ? h("div", { class: "small" }, plain(block.title.text)) : null, picture(block)],
  rich_text: (block, values, context) => richText(block, context.names),
  markdown: (block) => h("div", { class: "text" }, plain(block.text)),
  alert: (block, values, context) => h("div", { class: `alert ${block.level ?? "default"}`, role: "note" }, text(block.text, context)),
  input: input,
  table: (block, values, context) => table(block.rows, null, context),
  data_table: (block, values, context) => table(block.rows, block.caption, context),
  data_visualization: (block) => chart(block),
  card: card,
  carousel: (block, values, context) => block.elements.map((one) => h("div", { class: "block card" }, card(one, values, context))),
  container(block, values, context) {
    const title = block.rich_text_title ? richText(block.rich_text_title, context.names) : text(block.title, context);
    const subtitle = block.subtitle ? h("div", { class: "small" }, text(block.subtitle, context)) : null;
    const inside = blocks(block.child_blocks, values, context);
    if (!block.is_collapsible) return [h("div", { class: "container-title" }, title, subtitle), ...inside];
    return h("details", { open: !block.default_collapsed }, h("summary", {}, title, subtitle), inside);
  },
  video: (block, values, context) => h("div", { class: "unsupported" }, icon("play"), ` ${block.title?.text ?? "Video"}`),
  file: (block) => h("div", { class: "unsupported" }, icon("file"), ` ${block.external_id}`),
};

const unknown = (block) => h("div", { class: "unsupported" }, `A ${block.type} block; this page does not draw it.`);

// Pictures would come from the network, and nothing here leaves this machine.
const picture = (image) => h("span", { class: "picture", role: "img", "aria-label": image.alt_text }, icon("picture"), ` ${image.alt_text}`);

function card(block, values, context) {
  return [
    block.title ? h("strong", {}, text(block.title, context)) : null,
    block.subtitle ? h("div", { class: "small" }, text(block.subtitle, context)) : null,
    block.body ? h("div", { class: "text" }, text(block.body, context)) : null,
    block.actions ? h("div", { class: "row" }, block.actions.map((one) => element(block, one, values, context))) : null,
  ];
}

function table(rows, caption, context) {
  const cell = (one) => one.type === "rich_text" ? richText(one, context.names) : plain(String(one.text ?? one.value ?? ""));
  const [head, ...body] = rows;
  return h("div", { class: "table-wrap" }, h("table", {}, caption ? h("caption", {}, caption) : null,
    h("thead", {}, h("tr", {}, head.map((one) => h("th", { scope: "col" }, cell(one))))),
    h("tbody", {}, body.map((row) => h("tr", {}, row.map((one) => h("td", {}, cell(one))))))));
}

function chart(block) {
  const chart = block.chart;
  const rows = chart.type === "pie"
    ? chart.segments.map((one) => [one.label, one.value])
    : chart.series.flatMap((one) => (one.data ?? one.points ?? []).map((point) => [`${one.name}, ${point.label ?? point.category}`, point.value]));
  const most = Math.max(1, ...rows.map((row) => Number(row[1])));
  return h("figure", {}, h("figcaption", {}, block.title),
    rows.map(([label, value]) => h("div", { class: "bar" }, h("span", {}, label), h("meter", { min: 0, max: most, value }), h("span", {}, String(value)))));
}

let inputs = 0;

function input(block, values, context) {
  const id = `input-${++inputs}`;
  const error = context.errors?.[block.block_id];
  const group = ["checkboxes", "radio_buttons"].includes(block.element.type);
  const drawn = element(block, block.element, values, { ...context, id, describedBy: `${id}-more` });
  const label = [plain(block.label.text), block.optional ? h("span", { class: "small" }, " (optional)") : null];
  return h(group ? "fieldset" : "div", { class: error ? "field wrong" : "field" },
    group ? h("legend", {}, label) : h("label", { for: id }, label),
    drawn,
    h("div", { id: `${id}-more`, class: "field-more" },
      h("div", { class: "field-error", role: "alert" }, error ?? ""),
      block.hint ? h("div", { class: "small" }, plain(block.hint.text)) : null));
}

// elements

function element(block, one, values, context) {
  const now = values?.[block.block_id]?.[one.action_id] ?? {};
  const told = (chosen) => {
    const does = () => (block.type === "input" && !block.dispatch_action ? context.enter : context.act)(block, one, { type: one.type, ...chosen });
    return one.confirm ? context.confirm(one.confirm, does) : does();
  };
  const common = { id: context.id ?? null, dataset: { action: one.action_id ?? "" }, "aria-describedby": context.describedBy ?? null };
  const draw = elements[one.type];
  return draw ? draw(one, now, told, common, context, block) : h("span", { class: "unsupported" }, `(${one.type})`);
}

const option = (one) => h("option", { value: one.value }, words(plain(one.text.text)));
const groups = (one) => one.option_groups
  ? one.option_groups.map((group) => h("optgroup", { label: group.label.text }, group.options.map(option)))
  : (one.options ?? []).map(option);
const allOptions = (one) => one.options ?? (one.option_groups ?? []).flatMap((group) => group.options);
/** A choice as the app is told of it. */
const bare = (choice) => ({ text: choice.text, value: choice.value });
const visit = (url) => { if (/^(https?|mailto|tel):/i.test(url ?? "")) open(url, "_blank", "noopener"); };
const placeholder = (one, fallback) => one.placeholder?.text ?? fallback;

function select(one, common, children, value, changed) {
  const chosen = h("select", { ...common, onchange: () => changed(chosen.value || null),
    "aria-label": common.id ? null : placeholder(one, "Choose") },
    h("option", { value: "" }, placeholder(one, "Choose…")), children);
  chosen.value = value ?? "";
  return chosen;
}

function several(one, common, items, ticked, changed) {
  const boxes = items.map(([value, label]) => h("label", { class: "choice" },
    h("input", { type: "checkbox", value, checked: ticked.includes(value), onchange: () => changed(boxes.flatMap((box) => {
      const tick = box.firstElementChild; return tick.checked ? [tick.value] : []; })) }), " ", label));
  return h("details", { ...common, class: "several" }, h("summary", {}, placeholder(one, "Choose…"), ticked.length ? ` (${ticked.length})` : ""), boxes);
}

const people = (context) => context.names.people().filter((one) => !one.is_bot).map((one) => [one.id, one.real_name]);
const places = (context) => context.names.channels().map((one) => [one.id, context.names.placeName(one)]);
const publicPlaces = (context) => context.names.channels().filter((one) => one.kind === "channel").map((one) => [one.id, `#${one.name}`]);
const asOptions = (items) => items.map(([value, label]) => h("option", { value }, label));

function typedInput(type, one, now, told, common, block, make) {
  const field = h(make === "textarea" ? "textarea" : "input", { ...common, type: make === "textarea" ? null : type,
    rows: make === "textarea" ? 4 : null, placeholder: one.placeholder?.text, maxlength: one.max_length,
    min: one.min_value, max: one.max_value, step: type === "number" ? (one.is_decimal_allowed ? "any" : "1") : null,
    autofocus: one.focus_on_load, dataset: { ...common.dataset, typed: one.type } });
  field.value = now.value ?? one.initial_value ?? "";
  if (block.dispatch_action) {
    const how = one.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
    if (how.includes("on_enter_pressed")) field.addEventListener("keydown", (event) => { if (event.key === "Enter") told({ value: field.value || null }); });
    if (how.includes("on_character_entered")) field.addEventListener("change", () => told({ value: field.value || null }));
  }
  return field;
}

const elements = {
  button(one, now, told, common, context) {
    const label = plain(one.text.text);
    const looks = `button ${one.style ?? ""}`;
    const button = h("button", { ...common, type: "button", class: looks, "aria-label": one.accessibility_label,
      onclick: () => { visit(one.url); told({}); } }, label);
    return button;
  },
  workflow_button: (one) => h("button", { type: "button", class: "button", disabled: true }, plain(one.text.text)),
  icon_button: (one, now, told, common) => h("button", { ...common, type: "button", class: "button", onclick: () => told({}) }, plain(one.text.text)),
  feedback_buttons: (one, now, told, common) => [one.positive_button, one.negative_button].map((way) =>
    h("button", { type: "button", class: "button", "aria-label": way.accessibility_label, onclick: () => told({ value: way.value, text: way.text }) }, plain(way.text.text))),
  image: (one) => picture(one),
  overflow(one, now, told, common) {
    const choose = (choice) => { visit(choice.url); told({ selected_option: bare(choice) }); };
    const label = (choice) => [plain(choice.text.text), choice.description ? h("span", { class: "small about" }, plain(choice.description.text)) : null];
    const button = h("button", { ...common, type: "button", class: "icon overflow", "aria-label": "More options", "aria-haspopup": "menu",
      onclick: () => openMenu(button, one.options.map((choice) => [label(choice), () => choose(choice)])) }, icon("more"));
    return button;
  },
  checkboxes(one, now, told, common, context) {
    const ticked = (now.selected_options ?? []).map((choice) => choice.value);
    const boxes = one.options.map((choice) => h("label", { class: "choice" },
      h("input", { type: "checkbox", value: choice.value, checked: ticked.includes(choice.value), onchange: () => told({
        selected_options: one.options.filter((_, at) => boxes[at].firstElementChild.checked).map(bare) }) }),
      h("span", {}, text(choice.text, context), choice.description ? h("span", { class: "small about" }, " ", text(choice.description, context)) : null)));
    return h("div", { ...common, class: "choices" }, boxes);
  },
  radio_buttons(one, now, told, common, context) {
    const name = `radio-${++inputs}`;
    return h("div", { ...common, class: "choices", role: "radiogroup" }, one.options.map((choice) => h("label", { class: "choice" },
      h("input", { type: "radio", name, value: choice.value, checked: now.selected_option?.value === choice.value,
        onchange: () => told({ selected_option: bare(choice) }) }),
      h("span", {}, text(choice.text, context), choice.description ? h("span", { class: "small about" }, " ", text(choice.description, context)) : null))));
  },
  static_select: (one, now, told, common) => select(one, common, groups(one), now.selected_option?.value, (value) =>
    told({ selected_option: allOptions(one).filter((choice) => choice.value === value).map(bare)[0] ?? null })),
  multi_static_select: (one, now, told, common) => several(one, common, allOptions(one).map((choice) => [choice.value, choice.text.text]),
    (now.selected_options ?? []).map((choice) => choice.value), (values) =>
      told({ selected_options: allOptions(one).filter((choice) => values.includes(choice.value)).map(bare) })),
  users_select: (one, now, told, common, context) => select(one, common, asOptions(people(context)), now.selected_user, (value) => told({ selected_user: value })),
  multi_users_select: (one, now, told, common, context) => several(one, common, people(context), now.selected_users ?? [], (values) => told({ selected_users: values })),
  conversations_select: (one, now, told, common, context) => select(one, common, asOptions(places(context)), now.selected_conversation, (value) => told({ selected_conversation: value })),
  multi_conversations_select: (one, now, told, common, context) => several(one, common, places(context), now.selected_conversations ?? [], (values) => told({ selected_conversations: values })),
  channels_select: (one, now, told, common, context) => select(one, common, asOptions(publicPlaces(context)), now.selected_channel, (value) => told({ selected_channel: value })),
  multi_channels_select: (one, now, told, common, context) => several(one, common, publicPlaces(context), now.selected_channels ?? [], (values) => told({ selected_channels: values })),
  external_select(one, now, told, common, context, block) {
    const chosen = h("select", { ...common, onchange: () => told({ selected_option: found.find((choice) => choice.value === chosen.value) ?? null }) },
      h("option", { value: "" }, now.selected_option?.text.text ?? "Type above to search"));
    let found = [];
    const search = h("input", { type: "search", placeholder: placeholder(one, "Search"), "aria-label": placeholder(one, "Search"), oninput: async () => {
      if (search.value.length < (one.min_query_length ?? 3)) return;
      found = await context.options(block, one, search.value);
      chosen.replaceChildren(h("option", { value: "" }, "Choose…"), ...found.map(option));
    } });
    return h("div", { class: "choices" }, search, chosen);
  },
  datepicker: (one, now, told, common) => dated("date", one, now.selected_date, common, (value) => told({ selected_date: value })),
  timepicker: (one, now, told, common) => dated("time", one, now.selected_time, common, (value) => told({ selected_time: value })),
  datetimepicker(one, now, told, common) {
    const local = now.selected_date_time ? new Date(now.selected_date_time * 1000 - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 16) : "";
    return dated("datetime-local", one, local, common, (value) => told({ selected_date_time: value ? Math.floor(new Date(value).getTime() / 1000) : null }));
  },
  plain_text_input: (one, now, told, common, context, block) => typedInput("text", one, now, told, common, block, one.multiline ? "textarea" : "input"),
  email_text_input: (one, now, told, common, context, block) => typedInput("email", one, now, told, common, block),
  url_text_input: (one, now, told, common, context, block) => typedInput("url", one, now, told, common, block),
  number_input: (one, now, told, common, context, block) => typedInput("number", one, now, told, common, block),
  rich_text_input: (one, now, told, common, context, block) => typedInput("text", one, now, told, common, block, "textarea"),
  file_input: (one, now, told, common) => h("input", { ...common, type: "file", disabled: true, title: "Files cannot be added in this page" }),
};

function dated(type, one, value, common, changed) {
  const field = h("input", { ...common, type, "aria-label": common.id ? null : placeholder(one, type), onchange: () => changed(field.value || null) });
  field.value = value ?? "";
  return field;
}

/** What has been typed into the fields below *root*, by block_id and action_id; menus tell of themselves. */
export function typedValues(root) {
  const values = {};
  for (const field of root.querySelectorAll("[data-typed]")) {
    const block = field.closest(".block").dataset.block;
    const type = field.dataset.typed;
    const value = type === "rich_text_input"
      ? { type, rich_text_value: field.value ? { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text: field.value }] }] } : null }
      : { type, value: field.value || null };
    (values[block] ??= {})[field.dataset.action] = value;
  }
  return values;
}
