/**
 * Who is where, put together from a snapshot and from what the stream tells meanwhile: nothing falls between the two,
 * and nobody moves backwards. Pure, so that it can be tested without a browser.
 * @import {Place} from "../wire"
 */

/** @typedef {{items?: Place[], gone?: number[]}} Told who is somewhere else now, or off the map */

export function presence() {
  /** @type {Map<number, Place>} by person */
  let places = new Map();
  /** @type {Told[] | null} what came while a snapshot was on its way */
  let waiting = null;

  /** @param {Told} told */
  function keep({ items = [], gone = [] }) {
    for (const item of items) if (isNews(places.get(item.person.id), item)) places.set(item.person.id, item);
    for (const person of gone) places.delete(person);
  }

  return {
    /** A snapshot is asked for: what the stream tells from now on is newer than it, or the same. */
    asked() {
      waiting ??= [];
    },
    /** @param {Place[] | null} items the snapshot; null when it did not come */
    answered(items) {
      if (items) places = new Map(items.map((item) => [item.person.id, item]));
      for (const told of waiting || []) keep(told);
      waiting = null;
    },
    /** @param {Told} told */
    take(told) {
      if (waiting) waiting.push(told);
      else keep(told);
    },
    /** @param {number} person @returns {Place | undefined} */
    of: (person) => places.get(person),
    /** @returns {Place[]} everybody by unit and person: an order that does not change as they move */
    all: () => [...places.values()].sort((a, b) => a.unit.id - b.unit.id || a.person.id - b.person.id),
  };
}

/** @param {Place | undefined} known @param {Place} told @returns {boolean} whether it is not older, or of another duty */
function isNews(known, told) {
  return !known || known.trip?.id !== told.trip?.id || Date.parse(known.at) <= Date.parse(told.at);
}
