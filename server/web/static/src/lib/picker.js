/**
 * A text field with a list under it (the ARIA combobox): units as a tree, areas, people, trips. Once words are typed,
 * Enter takes the first that is offered.
 */
import { Refusal } from "./api.js";
import { t } from "./desk.js";
import { el, fill } from "./dom.js";

/**
 * @typedef {{id: string, name: string, depth?: number, kind?: string}} Choice
 */

/**
 * @param {object} what
 * @param {string} what.id of the text field, for its label
 * @param {string} what.placeholder shown while nothing is chosen
 * @param {(words: string) => Promise<Choice[]>} what.search choices for what was typed; "" gives the whole list
 * @param {(choice: Choice | null) => void} what.chosen
 * @param {Choice | null} [what.value] chosen at the start
 * @param {boolean} [what.once] empty the field after each choice (to collect several)
 * @param {boolean} [what.first] open only once something was typed
 * @returns {{node: HTMLElement, set: (choice: Choice | null) => void}}
 */
export function picker({ id, placeholder, search, chosen, value = null, once = false, first = false }) {
  const list = el("ul.picker-list", { id: `${id}-list`, role: "listbox", hidden: true });
  const input = el("input.input", {
    id,
    type: "text",
    role: "combobox",
    autocomplete: "off",
    "aria-expanded": "false",
    "aria-controls": `${id}-list`,
    "aria-autocomplete": "list",
    placeholder,
  });
  const clear = el("button.picker-clear", { type: "button", "aria-label": t("清除"), hidden: true }, "×");
  const node = el("div.picker", {}, input, clear, list);
  /** @type {Choice[]} */
  let choices = [];
  let lit = -1;
  let turn = 0;
  let now = value;

  /** @param {Choice | null} choice */
  function set(choice) {
    now = once ? null : choice;
    input.value = now ? now.name : "";
    clear.hidden = !now;
    close();
  }

  /** @param {Choice | null} choice */
  function choose(choice) {
    set(choice);
    chosen(choice);
  }

  function close() {
    list.hidden = true;
    lit = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  /** @param {string} words */
  async function open(words) {
    const mine = ++turn;
    if (first && !words.trim()) return close();
    const found = await search(words.trim()).catch(refused);
    if (mine !== turn || document.activeElement !== input) return;
    choices = found instanceof Refusal ? [] : found;
    const none = found instanceof Refusal ? found.message : t("没有相符的");
    fill(list, choices.length ? choices.map(row) : el("li.none", {}, none));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    light(words.trim() && choices.length ? 0 : choices.findIndex((choice) => choice.id === now?.id));
  }

  /** @param {unknown} error @returns {Refusal} told in the list */
  function refused(error) {
    if (error instanceof Refusal) return error;
    throw error;
  }

  /** @param {Choice} choice @param {number} index */
  function row(choice, index) {
    const item = el(
      "li",
      {
        id: `${id}-${index}`,
        role: "option",
        "aria-selected": "false",
        onmousedown: (/** @type {Event} */ event) => event.preventDefault(),
        onclick: () => choose(choice),
      },
      choice.name,
      choice.kind ? el("span.kind", {}, choice.kind) : null,
    );
    if (choice.depth) item.classList.add(`depth-${Math.min(choice.depth, 4)}`);
    return item;
  }

  /** @param {number} index */
  function light(index) {
    list.children[lit]?.setAttribute("aria-selected", "false");
    lit = index;
    const item = list.children[lit];
    if (!item || !choices.length) return;
    item.setAttribute("aria-selected", "true");
    item.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", item.id);
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return void open("");
      const step = event.key === "ArrowDown" ? 1 : -1;
      light((lit + step + choices.length) % (choices.length || 1));
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      const best = choices[lit] || (choices.length === 1 ? choices[0] : null);
      if (best) choose(best);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      set(now);
    }
  }

  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", () => list.hidden && open(""));
  input.addEventListener("input", () => open(input.value));
  input.addEventListener("keydown", key);
  input.addEventListener("blur", () => (input.value.trim() === "" && now ? choose(null) : set(now)));
  clear.addEventListener("click", () => choose(null));
  set(value);
  return { node, set };
}

/**
 * A picker over choices already at hand: a typed word matches anywhere in the name.
 * @param {() => Promise<Choice[]>} all
 * @returns {(words: string) => Promise<Choice[]>}
 */
export function among(all) {
  return async (words) => {
    const choices = await all();
    return words
      ? choices.filter((choice) => choice.name.includes(words)).map((choice) => ({ ...choice, depth: 0 }))
      : choices;
  };
}
