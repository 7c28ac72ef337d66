// @ts-check
/** A field that finds things by name while one types, with a list to pick from. */

import { Lost } from "./api.js";
import { el, refill } from "./dom.js";
import { icon } from "./icons.js";
import { failureBox } from "./failures.js";
import { field } from "./parts.js";
import { say } from "./words.js";

const PAUSE_MS = 250;
const MOST = 8;

/**
 * @template T
 * @typedef {object} Finding
 * @property {string} label
 * @property {string} name of the field
 * @property {string} [value] what stands in it
 * @property {string} [hint]
 * @property {(text: string) => Promise<T[]>} find
 * @property {(found: T) => [string, string]} words what it is called, and what tells it from its namesakes
 * @property {(found: T) => unknown} pick
 * @property {(text: string) => unknown} [typed] called at every stroke
 */

/**
 * One found thing as a button.
 * @param {[string, string]} words
 * @param {() => unknown} pick
 */
function choice([name, detail], pick) {
  return el("li", {}, el("button", { type: "button", class: "row", onclick: pick }, icon("pin"),
    el("span", { class: "row-words" }, name, el("small", {}, detail))));
}

/**
 * The field with its list; what comes too late for what is typed is dropped.
 * @template T
 * @param {Finding<T>} finding
 */
export function finder({ label, name, value = "", hint, find, words, pick, typed }) {
  const input = el("input", { type: "search", name, value, autocomplete: "off", enterkeyhint: "search", maxlength: 60 });
  const list = el("ul", { class: "rows found", "aria-label": say("find.found") });
  const state = el("p", { class: "hint", role: "status" });
  let turn = 0;
  const clear = () => {
    refill(list);
    refill(state);
  };
  const choose = (/** @type {T} */ found) => () => {
    clear();
    input.value = "";
    return pick(found);
  };
  const look = async (/** @type {number} */ mine) => {
    const text = input.value.trim();
    if (!text) return clear();
    try {
      const found = await find(text);
      if (mine !== turn) return;
      refill(list, ...found.slice(0, MOST).map((one) => choice(words(one), choose(one))));
      state.textContent = found.length ? say("find.count", { n: found.length }) : say("find.none");
    } catch (failure) {
      if (mine === turn) refill(state, failure instanceof Lost ? say("find.lost") : failureBox(failure));
    }
  };
  input.addEventListener("input", () => {
    turn += 1;
    const mine = turn;
    typed?.(input.value);
    setTimeout(() => mine === turn && look(mine), PAUSE_MS);
  });
  return { node: el("div", { class: "finder" }, field(label, input, hint), state, list), input };
}
