/** A list read leaf by leaf, there and back (keyset): loading, empty, refused; its cursor is in the address. */
import { read as inAddress, write } from "./address.js";
import { get, Refusal } from "./api.js";
import { t } from "./desk.js";
import { el, fill } from "./dom.js";
import { failure, loading, toast } from "./states.js";

/**
 * @template T
 * @param {object} what
 * @param {HTMLElement} what.place where it is drawn
 * @param {string} what.path the API's address
 * @param {(items: T[]) => Node} what.draw one leaf
 * @param {() => Node} what.empty
 * @param {number} [what.limit]
 */
export function leafedList({ place, path, draw, empty, limit = 50 }) {
  /** @type {T[]} */
  let items = [];
  /** @type {{next: string | null, previous: string | null}} */
  let sides = { next: null, previous: null };
  /** @type {Record<string, string>} */
  let asked = {};
  let turn = 0;

  /** @param {Record<string, string>} [query] @param {string} [cursor] from the address where none is given */
  async function read(query = asked, cursor = inAddress(["cursor"]).cursor) {
    asked = query;
    const mine = ++turn;
    fill(place, loading());
    try {
      await turnTo(cursor, mine);
    } catch (error) {
      if (mine === turn)
        fill(
          place,
          failure(error, () => void read(asked, "")),
        );
    }
  }

  /** @param {string | undefined} cursor @param {number} mine */
  async function turnTo(cursor, mine) {
    const answer = await get(path, { ...asked, limit, cursor });
    if (mine !== turn) return;
    items = answer.items;
    sides = { next: answer.next ?? null, previous: answer.previous ?? null };
    write({ cursor: sides.previous || cursor ? cursor : null });
    redraw();
  }

  /** @param {string | null} cursor */
  async function leaf(cursor) {
    const mine = ++turn;
    place.setAttribute("aria-busy", "true");
    try {
      await turnTo(cursor || undefined, mine);
      if (place.getBoundingClientRect().top < 0) place.scrollIntoView({ block: "start" });
      /** @type {HTMLElement | null} */ (place.querySelector("[tabindex='0']"))?.focus({ preventScroll: true });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      toast(error.message, true);
    } finally {
      place.removeAttribute("aria-busy");
    }
  }

  function redraw() {
    if (!items.length) return fill(place, empty());
    return fill(place, draw(items), foot());
  }

  function foot() {
    /** @param {string} words @param {string | null} cursor @param {boolean} able */
    const button = (words, cursor, able) =>
      el("button.button.button-small", { type: "button", disabled: !able, onclick: () => void leaf(cursor) }, words);
    return el(
      "nav.more",
      { "aria-label": t("翻页") },
      button(t("最前"), null, Boolean(sides.previous)),
      button(t("上一页"), sides.previous, Boolean(sides.previous)),
      el("span", {}, t("本页 {n} 条", { n: items.length })),
      button(t("下一页"), sides.next, Boolean(sides.next)),
    );
  }

  return { read, redraw, items: () => items };
}
