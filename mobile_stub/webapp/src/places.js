// @ts-check
/** The stops of a duty with their boundaries, and which of them a check-in is most likely at. */

/** @import {Degrees} from "./ground.js" */
/** @import {Stop} from "./wire.d.ts" */

import * as api from "./api.js";
import { edge, stopRings } from "./ground.js";
import { remembered } from "./remember.js";

/** @typedef {{stop: Stop, rings: Degrees[][]}} Place */

/** A stop with its boundary; a boundary that cannot be had leaves the stop off the map. @param {Stop} stop @returns {Promise<Place>} */
export async function placeOf(stop) {
  if (stop.area_id === null) return { stop, rings: stopRings(stop, null) };
  const id = stop.area_id;
  try {
    const { value } = await remembered(`area:${id}`, () => api.area(id));
    return { stop, rings: stopRings(stop, value) };
  } catch (failure) {
    if (failure instanceof api.SignedOut) throw failure;
    return { stop, rings: [] };
  }
}

/** The stop whose edge is nearest; inside counts as nearest of all. @param {Place[]} places @param {Degrees} at */
export function nearest(places, at) {
  const far = places.map(({ stop, rings }) => ({ stop, away: -(edge(at, rings) ?? -Infinity) }));
  return far.sort((one, other) => one.away - other.away)[0]?.stop ?? null;
}

/** The stop whose planned time is nearest to now, for want of a position. @param {Stop[]} stops */
export function soonest(stops) {
  const away = (/** @type {Stop} */ stop) => Math.abs(Date.parse(stop.planned_from ?? stop.planned_to ?? "") - Date.now());
  const timed = stops.filter((stop) => Number.isFinite(away(stop)));
  return timed.sort((one, other) => away(one) - away(other))[0] ?? stops[0] ?? null;
}
