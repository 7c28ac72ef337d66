/**
 * Where somebody was at an instant, as far as their track tells. Pure, so that it can be tested without a browser.
 * @import {Track} from "../wire"
 */

/** @typedef {{lng: number, lat: number, measured: boolean}} Where not `measured`: the last place before a gap */

/**
 * @param {Track} track
 * @param {number} at ms since the epoch
 * @returns {Where | null} null before the track and after it
 */
export function along(track, at) {
  const seconds = at / 1000;
  const piece = track.pieces.find((one) => seconds <= end(one));
  const before = piece ? track.pieces[track.pieces.indexOf(piece) - 1] : undefined;
  if (!piece || (seconds < start(piece) && !before)) return null;
  if (before && seconds < start(piece)) {
    const last = /** @type {number[]} */ (before.at(-1));
    return { lng: Number(last[0]), lat: Number(last[1]), measured: false };
  }
  const stay = track.stays.find((one) => Date.parse(one.from) <= at && at <= Date.parse(one.to));
  return stay ? { lng: stay.lng, lat: stay.lat, measured: true } : between(piece, seconds);
}

/** @param {number[][]} piece @returns {number} */
function start(piece) {
  return Number(piece[0]?.[2]);
}

/** @param {number[][]} piece @returns {number} */
function end(piece) {
  return Number(piece.at(-1)?.[2]);
}

/** @param {number[][]} piece with `seconds` within it @param {number} seconds @returns {Where} */
function between(piece, seconds) {
  let [low, high] = [0, piece.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (Number(piece[middle]?.[2]) <= seconds) low = middle;
    else high = middle;
  }
  const [lng0 = 0, lat0 = 0, at0 = 0] = piece[low] || [];
  const [lng1 = 0, lat1 = 0, at1 = 0] = piece[high] || [];
  const share = at1 > at0 ? (seconds - at0) / (at1 - at0) : 0;
  return { lng: lng0 + share * (lng1 - lng0), lat: lat0 + share * (lat1 - lat0), measured: true };
}

/**
 * @param {Track} track
 * @param {number} at ms
 * @returns {number} when the gap that an instant lies in is over (ms); the instant itself where it lies in none
 */
export function afterGap(track, at) {
  const gap = track.gaps.find(({ from, to }) => Date.parse(from) < at && at < Date.parse(to));
  return gap ? Date.parse(gap.to) : at;
}
