/** A small piece of ground as a plane: metres east and north of a place, rings, the nearest point of an edge. */

const DEGREE_M = 111_320;

/** @typedef {[number, number]} Spot metres east and north of the middle */

/**
 * The plane around a place; true to scale within some kilometres of it.
 * @param {{lng: number, lat: number}} middle
 * @returns {(lng: number, lat: number) => Spot}
 */
export function plane({ lng: lng0, lat: lat0 }) {
  const across = DEGREE_M * Math.cos((lat0 * Math.PI) / 180);
  return (lng, lat) => [(lng - lng0) * across, (lat - lat0) * DEGREE_M];
}

/** @param {Spot} middle @param {number} radius_m @returns {Spot[]} */
export function circle([x, y], radius_m) {
  return Array.from({ length: 73 }, (_, at) => {
    const turn = (at * Math.PI) / 36;
    return [x + radius_m * Math.cos(turn), y + radius_m * Math.sin(turn)];
  });
}

/**
 * All rings of a GeoJSON feature on the plane.
 * @param {any} feature a polygon or multipolygon
 * @param {(lng: number, lat: number) => Spot} place
 * @returns {Spot[][]}
 */
export function rings(feature, place) {
  const { type, coordinates } = feature.geometry;
  /** @type {number[][][][]} */
  const polygons = type === "Polygon" ? [coordinates] : coordinates;
  return polygons.flatMap((polygon) =>
    polygon.map((ring) => ring.map(([lng, lat]) => place(Number(lng), Number(lat)))),
  );
}

/**
 * The point of the rings' lines nearest to a spot.
 * @param {Spot[][]} lines
 * @param {Spot} spot
 * @returns {Spot | null} null where there is no line
 */
export function nearest(lines, spot) {
  /** @type {Spot | null} */
  let found = null;
  let least = Infinity;
  for (const line of lines)
    for (let at = 1; at < line.length; at++) {
      const point = onSegment(/** @type {Spot} */ (line[at - 1]), /** @type {Spot} */ (line[at]), spot);
      const away = apart(point, spot);
      if (away < least) [found, least] = [point, away];
    }
  return found;
}

/** @param {Spot} a @param {Spot} b @param {Spot} spot @returns {Spot} */
function onSegment([ax, ay], [bx, by], [x, y]) {
  const [dx, dy] = [bx - ax, by - ay];
  const length2 = dx * dx + dy * dy;
  const share = length2 ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length2)) : 0;
  return [ax + share * dx, ay + share * dy];
}

/** @param {Spot} one @param {Spot} other @returns {number} metres between them */
export function apart([ax, ay], [bx, by]) {
  return Math.hypot(ax - bx, ay - by);
}
