/** A bar of filters that lives in the address: selects, dates, switches and pickers made from one description. */
import { read, write } from "./address.js";
import { t } from "./desk.js";
import { byId, el } from "./dom.js";
import { picker } from "./picker.js";

/**
 * @typedef {import("./picker.js").Choice} Choice
 * @typedef {object} Field one filter
 * @property {string} name its name in the address
 * @property {string} label
 * @property {"select" | "date" | "switch" | "pick" | "text"} type
 * @property {string} [all] the word for "no restriction"
 * @property {[string, string][]} [options] code and word, for a select
 * @property {(words: string) => Promise<Choice[]>} [search] for a picker
 * @property {(id: string) => Promise<Choice | null>} [byId] for a picker's choice out of the address
 */

/**
 * Draw the fields into an element; `changed` hears every change with all values.
 * @param {HTMLElement} bar
 * @param {Field[]} fields
 * @param {(values: Record<string, string>) => void} changed
 * @param {...Node} end what stands at the end of the bar
 * @returns {Promise<Record<string, string>>} the values the address gave
 */
export async function filterBar(bar, fields, changed, ...end) {
  const values = read(fields.map((field) => field.name));

  /** @param {string} name @param {string} value */
  function set(name, value) {
    values[name] = value;
    if (!value) delete values[name];
    write(Object.fromEntries(fields.map((field) => [field.name, values[field.name]])));
    changed({ ...values });
  }

  for (const field of fields)
    bar.append(await drawn(field, values[field.name] || "", (value) => set(field.name, value)));
  if (end.length) bar.append(el("div.end", {}, end));
  return { ...values };
}

/**
 * @param {Field} field
 * @param {string} value
 * @param {(value: string) => void} set
 * @returns {Promise<HTMLElement>}
 */
async function drawn(field, value, set) {
  const id = `filter-${field.name}`;
  const box = el("div.field", {}, el("label", { for: id }, field.label), await control(field, id, value, set));
  if (field.type === "pick" || field.type === "text") box.classList.add("field-wide");
  if (field.type === "switch") box.classList.add("field-narrow");
  return box;
}

/**
 * @param {Field} field
 * @param {string} id
 * @param {string} value
 * @param {(value: string) => void} set
 * @returns {Promise<HTMLElement>}
 */
async function control(field, id, value, set) {
  /** @param {Event} event */
  const changed = (event) => set(/** @type {HTMLInputElement} */ (event.target).value);
  if (field.type === "pick" && field.search) {
    const chosen = value ? await field.byId?.(value) : null;
    return picker({
      id,
      placeholder: field.all || t("不限"),
      search: field.search,
      value: chosen || (value ? { id: value, name: `#${value}` } : null),
      chosen: (choice) => set(choice?.id || ""),
    }).node;
  }
  if (field.type === "date") return el("input.input", { id, type: "date", value, onchange: changed });
  if (field.type === "text")
    return el("input.input", { id, type: "search", value, placeholder: field.all, onchange: changed });
  const options = field.type === "switch" ? /** @type {[string, string][]} */ ([["1", t("是")]]) : field.options || [];
  return el(
    "select.select",
    { id, onchange: changed },
    el("option", { value: "" }, field.all || t("不限")),
    options.map(([code, words]) => el("option", { value: code, selected: code === value }, words)),
  );
}

/** @returns {HTMLElement} the page's bar */
export function bar() {
  return byId("filters");
}
