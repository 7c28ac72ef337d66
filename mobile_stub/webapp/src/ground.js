// @ts-check
/** Small pieces of ground as flat metres around a point: good to a few parts in a thousand within a county.
 *  For drawing and for "about how far"; what counts is the server's verdict, measured on the ellipsoid. */

/** @import {Shape, Stop} from "./wire.d.ts" */

/** @typedef {[number, number]} Spot metres east and north of the origin */
/** @typedef {{lng: number, lat: number}} Degrees WGS-84 */

const EARTH_M = 6_371_008.8;
const RAD = Math.PI / 180;

/**
 * A projection to metres around an origin.
 * @param {Degrees} origin
 * @returns {(at: Degrees) => Spot}
 */
export function around(origin) {
  const across = Math.cos(origin.lat * RAD);
  return (at) => [(at.lng - origin.lng) * RAD * EARTH_M * across, (at.lat - origin.lat) * RAD * EARTH_M];
}

/**
 * The way back from metres around an origin to degrees.
 * @param {Degrees} origin
 * @returns {(spot: Spot) => Degrees}
 */
export function back(origin) {
  const across = Math.cos(origin.lat * RAD);
  return ([x, y]) => ({ lng: Number((origin.lng + x / (RAD * EARTH_M * across)).toFixed(6)), lat: Number((origin.lat + y / (RAD * EARTH_M)).toFixed(6)) });
}

/**
 * Every ring of an area's boundary, outer rings and holes alike; lines and points give none.
 * @param {Shape} shape
 * @returns {Degrees[][]}
 */
export function rings(shape) {
  const geometries = shape.features ? shape.features.map((feature) => feature.geometry) : [shape.geometry];
  return geometries.flatMap((geometry) => {
    const deep = /** @type {any} */ (geometry?.coordinates ?? []);
    const flat = geometry?.type === "MultiPolygon" ? deep.flat(1) : geometry?.type === "Polygon" ? deep : [];
    return flat.map((/** @type {number[][]} */ ring) => ring.map(([lng, lat]) => ({ lng: Number(lng), lat: Number(lat) })));
  });
}

/** The smallest upright box around points. @param {Degrees[]} points */
function box(points) {
  const found = { west: Infinity, east: -Infinity, south: Infinity, north: -Infinity };
  for (const { lng, lat } of points) {
    found.west = Math.min(found.west, lng);
    found.east = Math.max(found.east, lng);
    found.south = Math.min(found.south, lat);
    found.north = Math.max(found.north, lat);
  }
  return found;
}

/** The middle of what rings cover. @param {Degrees[][]} of @returns {Degrees | null} */
export function middle(of) {
  const points = of.flat();
  if (!points.length) return null;
  const { west, east, south, north } = box(points);
  return { lng: (west + east) / 2, lat: (south + north) / 2 };
}

/** Metres between two points near each other. @param {Degrees} one @param {Degrees} other */
export const apart = (one, other) => Math.hypot(...around(one)(other));

/** Metres from the origin to a segment. @param {Spot} a @param {Spot} b */
function toSegment(a, b) {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, -(a[0] * dx + a[1] * dy) / length));
  return Math.hypot(a[0] + share * dx, a[1] + share * dy);
}

/** Whether a ray from the origin to the east crosses a segment. @param {Spot} a @param {Spot} b */
function crosses(a, b) {
  return a[1] > 0 !== b[1] > 0 && a[0] - (a[1] * (b[0] - a[0])) / (b[1] - a[1]) > 0;
}

/**
 * Signed metres from a point to the edge of an area: positive inside, negative outside, null without rings.
 * @param {Degrees} at
 * @param {Degrees[][]} of
 */
export function edge(at, of) {
  const flat = around(at);
  let [nearest, within] = [Infinity, false];
  for (const ring of of) {
    const spots = ring.map(flat);
    spots.forEach((spot, n) => {
      const before = spots[(n || spots.length) - 1] ?? spot;
      nearest = Math.min(nearest, toSegment(before, spot));
      if (crosses(before, spot)) within = !within;
    });
  }
  if (nearest === Infinity) return null;
  return within ? nearest : -nearest;
}

/**
 * A circle as a ring, so that a stop made of a point and a radius is an area like any other.
 * @param {Degrees} centre
 * @param {number} radius_m
 * @returns {Degrees[]}
 */
export function circle(centre, radius_m) {
  const across = Math.cos(centre.lat * RAD);
  return Array.from({ length: 64 }, (_, n) => {
    const turn = (n / 64) * 2 * Math.PI;
    return {
      lng: centre.lng + (Math.cos(turn) * radius_m) / (RAD * EARTH_M * across),
      lat: centre.lat + (Math.sin(turn) * radius_m) / (RAD * EARTH_M),
    };
  });
}

/**
 * The rings of a stop: its area's boundary when it has one, else the circle it names.
 * @param {Pick<Stop, "lng" | "lat" | "radius_m">} stop
 * @param {Shape | null} boundary
 */
export function stopRings(stop, boundary) {
  if (boundary) return rings(boundary);
  if (stop.lng === null || stop.lat === null) return [];
  return [circle({ lng: stop.lng, lat: stop.lat }, stop.radius_m ?? 0)];
}
