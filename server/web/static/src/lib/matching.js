/**
 * What of the live map passes its filters: the same answer for the list and for the map. Pure.
 * @import {Checkin, Crossing, Place} from "../wire"
 */

/**
 * @typedef {object} Filters
 * @property {string} [kind] of check-ins
 * @property {string} [duty] a trip's id, or "none": on no duty
 * @property {string} [signal] a signal's code, or "any"
 * @property {string} [q] words that all must occur
 */
/** @typedef {Checkin & {words?: string}} Worded a check-in with what it is found by */

/**
 * @param {Filters} filters
 * @returns {{place: (place: Place) => boolean, checkin: (checkin: Worded) => boolean, crossing: (crossing: Crossing) => boolean}}
 */
export function matcher({ kind = "", duty = "", signal = "", q = "" }) {
  const wanted = q.toLowerCase().split(/\s+/).filter(Boolean);
  const said = (/** @type {string} */ words) => wanted.every((each) => words.includes(each));
  const onDuty = (/** @type {{trip: {id: number} | null}} */ { trip }) =>
    !duty || (duty === "none" ? !trip : String(trip?.id) === duty);
  const signalled = (/** @type {Checkin} */ { signals }) =>
    !signal || (signal === "any" ? signals.length > 0 : signals.some((each) => each.code === signal));
  return {
    place: (place) => onDuty(place) && (!wanted.length || said(wordsOf(place))),
    checkin: (checkin) =>
      (!kind || checkin.kind === kind) &&
      onDuty(checkin) &&
      signalled(checkin) &&
      (!wanted.length || said(checkin.words ?? checkinWords(checkin))),
    crossing: (crossing) => !kind && !signal && onDuty(crossing) && (!wanted.length || said(wordsOf(crossing))),
  };
}

/** @param {{person: {name: string}, unit: {name: string}, trip: {title: string} | null, area?: {name: string}}} item @returns {string} */
function wordsOf({ person, unit, trip, area }) {
  return [person.name, unit.name, trip?.title, area?.name].join("\n").toLowerCase();
}

/**
 * What a check-in is found by: who, of which unit, on which duty, where, and what was noted.
 * @param {Checkin} checkin
 * @returns {string}
 */
export function checkinWords(checkin) {
  const { person, unit, trip, stop, areas, note, met } = checkin;
  const where = areas.map((area) => area.name);
  return [person.name, unit.name, trip?.title, stop?.name, ...where, note, met?.enterprise].join("\n").toLowerCase();
}
