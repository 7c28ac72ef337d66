/**
 * Check-ins and crossings in one list: a crossing is one slim line, and where many come in a row only the newest are
 * shown until asked for, so that check-ins are not drowned. Pure.
 * @import {Checkin, Crossing} from "../wire"
 */

/** How many crossings in a row are shown. */
export const SHOWN = 3;

/** @typedef {{checkin: Checkin} | {crossings: Crossing[]}} Entry */

/**
 * @param {Checkin[]} checkins newest first
 * @param {Crossing[]} crossings in any order; those older than the oldest check-in are left out
 * @returns {Entry[]} newest first, crossings that follow one another together
 */
export function woven(checkins, crossings) {
  const oldest = checkins.length ? Date.parse(String(checkins[checkins.length - 1]?.happened_at)) : -Infinity;
  const passing = crossings
    .filter((each) => Date.parse(each.at) >= oldest)
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at) || b.id - a.id);
  /** @type {Entry[]} */
  const entries = [];
  if (!passing.length) return checkins.map((checkin) => ({ checkin }));
  for (const checkin of checkins) {
    const at = Date.parse(checkin.happened_at);
    const later = passing.splice(0, passing.findIndex((each) => Date.parse(each.at) < at) >>> 0);
    if (later.length) entries.push({ crossings: later });
    entries.push({ checkin });
  }
  return passing.length ? [...entries, { crossings: passing }] : entries;
}
