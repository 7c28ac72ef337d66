/**
 * A long list of which only the rows in view are made: heights are guessed until a row has been seen, the reader's
 * place is kept when rows come above it, and a row that goes out of view leaves its focus to the list.
 */
import { el } from "./dom.js";

const AROUND_PX = 400;

/**
 * @template T
 * @typedef {{key: string, item: T, guess_px: number}} Row one row: what tells it from others, and about how high it is
 */

/**
 * @template T
 * @param {HTMLElement} host what scrolls
 * @param {object} how
 * @param {string} [how.name] class of the list
 * @param {(item: T) => HTMLLIElement} how.make
 * @param {(node: HTMLLIElement, item: T) => boolean} [how.renew] tell a row that is there something new; false when it must be made anew
 * @param {() => void} [how.drawn] called when rows were made
 */
export function scrolled(host, { name = "", make, renew = () => false, drawn = () => undefined }) {
  /** @type {Row<T>[]} */
  let rows = [];
  let tops = new Float64Array(1);
  /** @type {Map<string, number>} heights of rows that were seen */
  const seen = new Map();
  /** @type {Map<string, {node: HTMLLIElement, item: T}>} */
  const made = new Map();
  const list = el("ul.rows", { role: "list" });
  if (name) list.classList.add(name);
  host.tabIndex = -1;
  host.addEventListener("scroll", () => draw(), { passive: true });

  function measure() {
    tops = new Float64Array(rows.length + 1);
    rows.forEach((row, index) => {
      tops[index + 1] = Number(tops[index]) + (seen.get(row.key) ?? row.guess_px);
    });
  }

  /** @param {number} y @returns {number} the row that lies there */
  function indexAt(y) {
    let [low, high] = [0, Math.max(0, rows.length - 1)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (Number(tops[middle]) <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** @returns {[number, number]} the rows to be there: those in view and some around */
  function range() {
    const [top, bottom] = [host.scrollTop - AROUND_PX, host.scrollTop + host.clientHeight + AROUND_PX];
    return [indexAt(top), Math.min(rows.length, indexAt(bottom) + 1)];
  }

  /** @param {Row<T>} row @param {number} index @returns {HTMLLIElement} */
  function nodeOf({ key, item }, index) {
    const known = made.get(key);
    if (known && known.item !== item && !renew(known.node, item)) return anew(key, item, index, known.node);
    if (known) {
      known.item = item;
      placed(known.node, key, index);
      return known.node;
    }
    return anew(key, item, index);
  }

  /** @param {string} key @param {T} item @param {number} index @param {HTMLLIElement} [old] @returns {HTMLLIElement} */
  function anew(key, item, index, old) {
    const node = make(item);
    placed(node, key, index);
    made.set(key, { node, item });
    const focused = old?.contains(document.activeElement);
    old?.replaceWith(node);
    if (focused) /** @type {HTMLElement | null} */ (node.firstElementChild)?.focus({ preventScroll: true });
    return node;
  }

  /** @param {HTMLLIElement} node @param {string} key @param {number} index */
  function placed(node, key, index) {
    node.dataset.row = key;
    const told = String(index + 1);
    if (node.getAttribute("aria-posinset") !== told) node.setAttribute("aria-posinset", told);
    node.setAttribute("aria-setsize", String(rows.length));
  }

  function draw(again = true) {
    if (list.parentElement !== host || !host.clientHeight) return;
    const [first, last] = range();
    const wanted = rows.slice(first, last).map((row, index) => nodeOf(row, first + index));
    drop(new Set(wanted));
    let before = /** @type {ChildNode | null} */ (list.firstChild);
    for (const node of wanted) {
      if (before === node) before = node.nextSibling;
      else list.insertBefore(node, before);
    }
    list.style.paddingTop = `${tops[first] || 0}px`;
    list.style.paddingBottom = `${Number(tops[rows.length]) - Number(tops[last])}px`;
    drawn();
    if (again && learn(first, last)) draw(false);
  }

  /** @param {Set<HTMLLIElement>} wanted */
  function drop(wanted) {
    for (const [key, { node }] of made) {
      if (wanted.has(node)) continue;
      if (node.contains(document.activeElement)) host.focus({ preventScroll: true });
      node.remove();
      made.delete(key);
    }
  }

  /** @param {number} first @param {number} last @returns {boolean} whether a row is not as high as was thought */
  function learn(first, last) {
    let above = 0;
    let wrong = false;
    for (const [index, { key, guess_px }] of rows.slice(first, last).entries()) {
      const height = made.get(key)?.node.offsetHeight || 0;
      const known = seen.get(key) ?? guess_px;
      if (!height || height === known) continue;
      if (Number(tops[first + index]) < host.scrollTop) above += height - known;
      seen.set(key, height);
      wrong = true;
    }
    if (!wrong) return false;
    measure();
    if (above) host.scrollTop += above;
    return true;
  }

  /** @returns {{key: string, off: number} | null} the first row in view, when the reader has left the top */
  function reading() {
    const index = indexAt(host.scrollTop);
    const row = rows[index];
    return host.scrollTop > 4 && row ? { key: row.key, off: host.scrollTop - Number(tops[index]) } : null;
  }

  return {
    /** @param {Row<T>[]} now all the rows, the first on top */
    show(now) {
      if (list.parentElement !== host) {
        host.replaceChildren(list);
        host.scrollTop = 0;
      }
      const held = reading();
      rows = now;
      if (seen.size > 2 * rows.length + 500) seen.clear();
      measure();
      const index = held ? rows.findIndex((row) => row.key === held.key) : -1;
      if (held && index >= 0) {
        list.style.paddingBottom = `${tops[rows.length]}px`;
        host.scrollTop = Number(tops[index]) + held.off;
      }
      draw();
    },
    /** The panel has been shown, or has another size. */
    draw: () => draw(),
    /** @param {string} key @returns {boolean} whether there is such a row, which is in view now */
    reveal(key) {
      const index = rows.findIndex((row) => row.key === key);
      if (index < 0) return false;
      const [top, bottom] = [Number(tops[index]), Number(tops[index + 1])];
      if (top < host.scrollTop) host.scrollTop = top;
      else if (bottom > host.scrollTop + host.clientHeight) host.scrollTop = bottom - host.clientHeight;
      draw();
      return true;
    },
    /** @param {string | null} key @param {number} step @returns {string | null} the key of the row so many further */
    beside(key, step) {
      const index = rows.findIndex((row) => row.key === key);
      const next = index < 0 ? (step > 0 ? 0 : rows.length - 1) : index + step;
      return rows[Math.min(Math.max(next, 0), rows.length - 1)]?.key ?? null;
    },
    /** @returns {number} how many rows there are */
    count: () => rows.length,
  };
}
