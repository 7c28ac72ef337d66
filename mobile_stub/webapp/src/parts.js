// @ts-check
/** The parts pages are made of: buttons, fields, notices, rows, badges, a question that waits for its answer. */

/** @import {Child} from "./dom.js" */
/** @import {IconName} from "./icons.js" */
/** @import {Outcome, TripState} from "./wire.d.ts" */

import { el, refill } from "./dom.js";
import { icon, shape } from "./icons.js";
import { failureBox } from "./failures.js";
import { stamp } from "./times.js";
import { say } from "./words.js";

/** @typedef {"main" | "quiet" | "danger" | "plain"} Weight */

/**
 * A button that does its work once at a time and shows that it is busy; a failure appears below it.
 * @param {string} label
 * @param {() => unknown} work may return a promise
 * @param {{weight?: Weight, icon?: IconName, small?: string}} [looks]
 */
export function button(label, work, looks = {}) {
  const words = el("span", {}, label, looks.small && el("small", {}, looks.small));
  const node = el("button", { type: "button", class: `button ${looks.weight ?? "quiet"}` },
    looks.icon && icon(looks.icon), words);
  node.addEventListener("click", () => doing(node, work));
  return node;
}

/**
 * Runs work for a button: busy while it lasts, its failure shown beside it.
 * @param {HTMLButtonElement} node
 * @param {() => unknown} work
 */
export async function doing(node, work) {
  if (node.getAttribute("aria-busy") === "true") return;
  node.setAttribute("aria-busy", "true");
  node.parentElement?.querySelector(":scope > .failure")?.remove();
  try {
    await work();
  } catch (failure) {
    node.before(failureBox(failure));
  } finally {
    node.removeAttribute("aria-busy");
  }
}

/**
 * A form whose one button does its work; Enter does it too.
 * @param {() => unknown} work
 * @param {string} label of the button
 * @param {...Child} children
 */
export function form(work, label, ...children) {
  const send = el("button", { type: "submit", class: "button main" }, el("span", {}, label));
  return el("form", { class: "stack", onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    return doing(send, work);
  } }, ...children, send);
}

/**
 * A labelled control.
 * @param {string} label
 * @param {HTMLElement} control
 * @param {string} [hint]
 */
export function field(label, control, hint) {
  return el("label", { class: "field" }, el("span", { class: "label" }, label), control,
    hint && el("span", { class: "hint" }, hint));
}

/**
 * A list of choices to pick one from.
 * @param {string} name
 * @param {[string, string][]} options value and words
 * @param {string} chosen
 */
export function select(name, options, chosen) {
  const node = el("select", { name }, ...options.map(([value, words]) => el("option", { value }, words)));
  node.value = chosen;
  return node;
}

/**
 * Choices shown side by side as chips, one of them on.
 * @param {string} name
 * @param {string} legend
 * @param {[string, string][]} options value and words
 * @param {string} chosen
 * @param {(value: string) => void} onpick
 */
export function chips(name, legend, options, chosen, onpick) {
  return el("fieldset", { class: "chips" }, el("legend", {}, legend),
    ...options.map(([value, words]) => el("label", { class: "chip" },
      el("input", { type: "radio", name, value, checked: value === chosen, onchange: () => onpick(value) }),
      el("span", {}, words))));
}

/**
 * A boxed message: its kind is told by a mark and by words, not by colour alone.
 * @param {"note" | "good" | "warn" | "bad"} kind
 * @param {string} title
 * @param {...Child} children
 */
export function notice(kind, title, ...children) {
  const mark = { note: "i", good: "✓", warn: "!", bad: "×" }[kind];
  return el("div", { class: `notice ${kind}`, role: kind === "bad" ? "alert" : "note" },
    el("span", { class: "mark", "aria-hidden": "true" }, mark),
    el("div", {}, title && el("p", { class: "notice-title" }, title), ...children));
}

/** @param {string} text */
export const para = (text) => el("p", {}, text);

/**
 * A row of a menu that leads on.
 * @param {IconName} name
 * @param {string} words
 * @param {string} way
 * @param {Child} [detail]
 */
export function row(name, words, way, detail) {
  return el("a", { class: "row", href: way }, icon(name),
    el("span", { class: "row-words" }, words, detail && el("small", {}, detail)), icon("next"));
}

/** A titled block of a page. @param {string} title @param {...Child} children */
export function section(title, ...children) {
  return el("section", { class: "section" }, title && el("h2", {}, title), ...children);
}

/** What is shown where there is nothing yet. @param {string} words @param {string} [more] */
export const empty = (words, more) => el("div", { class: "empty" }, para(words), more && el("small", {}, more));

/** A trip's state as a badge. @param {TripState} state */
export function stateBadge(state, words = say(`state.${state}`)) {
  return el("span", { class: `badge state-${state}` }, el("i", { "aria-hidden": "true" }), words);
}

/** A verdict as a badge: shape, word, colour. @param {Outcome} outcome */
export function verdictBadge(outcome) {
  return el("span", { class: `badge verdict-${outcome}` }, shape(outcome), say(`verdict.${outcome}`));
}

/** Terms and what they are; entries without a value are left out. @param {[string, Child][]} entries */
export function facts(entries) {
  const shown = entries.filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false);
  return el("dl", { class: "facts" }, ...shown.map(([term, value]) =>
    el("div", {}, el("dt", {}, term), el("dd", {}, value))));
}

/**
 * Says since when the shown things are, when they could not be read afresh.
 * @param {number | null} since ms since 1970, null when they are fresh
 */
export function oldNotice(since) {
  if (since === null) return null;
  return el("p", { class: "old" }, icon("clock"), say("old.text", { time: stamp(new Date(since).toISOString()) }));
}

/**
 * A list that reads on page by page.
 * @template T
 * @param {{items: T[], next: string | null}} first
 * @param {(cursor: string) => Promise<{items: T[], next: string | null}>} more
 * @param {(items: T[]) => Node[]} draw all that is known so far
 */
export function paged(first, more, draw) {
  const list = el("div", { class: "stack" });
  const foot = el("div", { class: "stack" });
  let { items, next } = first;
  const show = () => {
    refill(list, ...draw(items));
    refill(foot, next && button(say("more"), async () => {
      const page = await more(String(next));
      [items, next] = [[...items, ...page.items], page.next];
      show();
    }));
  };
  show();
  return el("div", { class: "stack" }, list, foot);
}

/**
 * Asks a question over the page and waits for the answer.
 * @param {{title: string, text: string, yes: string, danger?: boolean}} question
 * @returns {Promise<boolean>}
 */
export function confirmed({ title, text, yes, danger = false }) {
  return new Promise((resolve) => {
    const dialog = el("dialog", { "aria-label": title });
    const done = (/** @type {boolean} */ answer) => () => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    refill(dialog, el("h2", {}, title), para(text), el("div", { class: "answers" },
      button(say("cancel"), done(false)), button(yes, done(true), { weight: danger ? "danger" : "main" })));
    dialog.addEventListener("cancel", done(false));
    document.body.append(dialog);
    dialog.showModal();
  });
}
