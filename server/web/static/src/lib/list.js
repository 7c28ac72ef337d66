/** A list read page by page (keyset): loading, empty, refused, and "earlier" while there is more. */
import { get, Refusal } from "./api.js";
import { t } from "./desk.js";
import { el, fill } from "./dom.js";
import { failure, loading, toast } from "./states.js";

/**
 * @template T
 * @param {object} what
 * @param {HTMLElement} what.place where it is drawn
 * @param {string} what.path the API's address
 * @param {(items: T[]) => Node} what.draw the whole list so far
 * @param {() => Node} what.empty
 * @param {number} [what.limit]
 * @param {string} [what.more] the word on the button
 * @returns {{read: (query?: Record<string, string>) => Promise<void>, redraw: () => void, items: () => T[]}}
 */
export function pagedList({ place, path, draw, empty, limit = 50, more = t("更早") }) {
  /** @type {T[]} */
  let items = [];
  /** @type {string | null} */
  let next = null;
  /** @type {Record<string, string>} */
  let asked = {};
  let turn = 0;

  async function read(query = asked) {
    asked = query;
    const mine = ++turn;
    fill(place, loading());
    try {
      const answer = await get(path, { ...asked, limit });
      if (mine !== turn) return;
      items = answer.items;
      next = answer.next ?? null;
      redraw();
    } catch (error) {
      if (mine === turn)
        fill(
          place,
          failure(error, () => void read()),
        );
    }
  }

  /** @param {MouseEvent} event */
  async function further(event) {
    const button = /** @type {HTMLButtonElement} */ (event.currentTarget);
    const mine = turn;
    button.disabled = true;
    try {
      const answer = await get(path, { ...asked, limit, cursor: next });
      if (mine !== turn) return;
      items = [...items, ...answer.items];
      next = answer.next ?? null;
      redraw();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      button.disabled = false;
      toast(error.message, true);
    }
  }

  function redraw() {
    if (!items.length) return fill(place, empty());
    return fill(place, draw(items), foot());
  }

  function foot() {
    const count = t("已列出 {n} 条", { n: items.length });
    if (!next) return el("div.more", {}, count);
    return el("div.more", {}, count, el("button.button.button-small", { type: "button", onclick: further }, more));
  }

  return { read, redraw, items: () => items };
}

/**
 * A table from heads and rows.
 * @param {(string | Node)[]} heads
 * @param {HTMLTableRowElement[]} rows
 * @param {string} caption read out, not shown
 * @returns {HTMLElement}
 */
export function table(heads, rows, caption) {
  return el(
    "div.table-wrap",
    { tabindex: 0, role: "region", "aria-label": caption },
    el(
      "table.table",
      {},
      el("caption.visually-hidden", {}, caption),
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          heads.map((head) => el("th", { scope: "col" }, head)),
        ),
      ),
      el("tbody", {}, rows),
    ),
  );
}
