/**
 * GCJ-02 on the page, so that a GCJ-02 base map can be drawn under WGS-84 areas: the published formula forward, the
 * inverse by iteration (five rounds reach a micrometre). Positions themselves are converted on the server only.
 */

const A = 6378245.0;
const EE = 0.00669342162296594323;
const WEST = 72.004,
  EAST = 137.8347,
  SOUTH = 0.8293,
  NORTH = 55.8271;

/** @param {number} x degrees from 105 E @returns {number} */
function ripple(x) {
  return ((20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2) / 3;
}

/** @param {number} x @param {number} y degrees from (105, 35) @returns {number} */
function northward(x, y) {
  return (
    -100 +
    2 * x +
    3 * y +
    0.2 * y * y +
    0.1 * x * y +
    0.2 * Math.sqrt(Math.abs(x)) +
    ripple(x) +
    ((20 * Math.sin(y * Math.PI) + 40 * Math.sin((y / 3) * Math.PI)) * 2) / 3 +
    ((160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30)) * 2) / 3
  );
}

/** @param {number} x @param {number} y degrees from (105, 35) @returns {number} */
function eastward(x, y) {
  return (
    300 +
    x +
    2 * y +
    0.1 * x * x +
    0.1 * x * y +
    0.1 * Math.sqrt(Math.abs(x)) +
    ripple(x) +
    ((20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI)) * 2) / 3 +
    ((150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI)) * 2) / 3
  );
}

/** @typedef {[number, number]} LngLat degrees */

/**
 * @param {LngLat} place in WGS-84
 * @returns {LngLat} in GCJ-02
 */
export function toGcj([lng, lat]) {
  if (lng < WEST || lng > EAST || lat < SOUTH || lat > NORTH) return [lng, lat];
  const x = lng - 105,
    y = lat - 35,
    phi = (lat / 180) * Math.PI;
  const magic = 1 - EE * Math.sin(phi) ** 2;
  const north = (northward(x, y) * 180) / (((A * (1 - EE)) / (magic * Math.sqrt(magic))) * Math.PI);
  const east = (eastward(x, y) * 180) / ((A / Math.sqrt(magic)) * Math.cos(phi) * Math.PI);
  return [lng + east, lat + north];
}

/**
 * @param {LngLat} place in GCJ-02
 * @returns {LngLat} in WGS-84
 */
export function fromGcj([lng, lat]) {
  /** @type {LngLat} */
  let guess = [lng, lat];
  for (let round = 0; round < 6; round += 1) {
    const [movedLng, movedLat] = toGcj(guess);
    guess = [guess[0] + lng - movedLng, guess[1] + lat - movedLat];
  }
  return guess;
}
