/**
 * The check-ins of the last days, newest first: each once, bounded in number and age, cheap to add to. Pure.
 * @import {Checkin} from "../wire"
 */
import { checkinWords } from "./matching.js";

/** @typedef {Checkin & {words: string, at_ms: number}} Kept a check-in as the page keeps it */

/**
 * What the list and the map need of a check-in: no reviews, no contacts, of its areas the finest.
 * @param {Checkin} checkin
 * @returns {Kept}
 */
export function kept(checkin) {
  const at_ms = Date.parse(checkin.happened_at);
  const words = checkinWords(checkin);
  return { ...checkin, reviews: [], visit: null, supplement: null, met: null, areas: checkin.areas.slice(-1), words, at_ms };
}

/** @param {Kept} one @param {Kept} other @returns {number} below 0 when `one` stands above */
function order(one, other) {
  return other.at_ms - one.at_ms || other.number - one.number || (one.id < other.id ? -1 : Number(one.id > other.id));
}

/** @param {number} most how many are kept */
export function newest(most) {
  /** @type {Kept[]} */
  let items = [];
  /** @type {Map<string, Kept>} */
  const byId = new Map();
  /** @type {Set<string> | null} what a reading that is under way has met */
  let met = null;

  /** @param {Kept} item @returns {number} where it stands, or would */
  function indexOf(item) {
    let [low, high] = [0, items.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (order(/** @type {Kept} */ (items[middle]), item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** @param {Kept} item */
  function out(item) {
    items.splice(indexOf(item), 1);
    byId.delete(item.id);
  }

  return {
    /** @param {Checkin} checkin @returns {boolean} whether it was not there yet */
    put(checkin) {
      const item = kept(checkin);
      const known = byId.get(item.id);
      if (known) out(known);
      met?.add(item.id);
      if (items.length >= most && order(/** @type {Kept} */ (items[items.length - 1]), item) < 0) return false;
      items.splice(indexOf(item), 0, item);
      byId.set(item.id, item);
      if (items.length > most) out(/** @type {Kept} */ (items[items.length - 1]));
      return !known;
    },
    /** A reading of all that may be seen begins. */
    begin() {
      met = new Set();
    },
    /** It is through: what it has not met, and what has not come meanwhile, may not be seen any more. */
    end() {
      if (met) for (const item of items.filter(({ id }) => !met?.has(id))) out(item);
      met = null;
    },
    /** The reading was broken off: all stays. */
    giveUp() {
      met = null;
    },
    /** @param {number} since_ms @returns {boolean} whether any was older, and is gone */
    forget(since_ms) {
      const old = items.findIndex((item) => item.at_ms < since_ms);
      if (old < 0) return false;
      for (const item of items.splice(old)) byId.delete(item.id);
      return true;
    },
    clear() {
      items = [];
      byId.clear();
      met = null;
    },
    /** @param {string} id @returns {Kept | undefined} */
    of: (id) => byId.get(id),
    /** @returns {readonly Kept[]} newest first */
    all: () => items,
  };
}
