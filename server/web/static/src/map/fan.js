/** Where the members of an opened cluster stand: in a ring, or in a spiral when they are many. Pure. */

import { palette } from "./palette.js";

/** How many of a cluster are fanned out at the most; the list has them all. */
export const MOST = 48;
const RING = 10;
const APART_PX = 34 * palette.scale;

/**
 * @param {number} count
 * @returns {[number, number][]} offsets from the cluster's place, in pixels: one for each, at most `MOST`
 */
export function fan(count) {
  return count <= RING ? ring(count) : spiral(Math.min(count, MOST));
}

/** @param {number} count @returns {[number, number][]} */
function ring(count) {
  const radius = Math.max(APART_PX, (count * APART_PX) / (2 * Math.PI));
  return Array.from({ length: count }, (_, index) => at(radius, (2 * Math.PI * index) / count - Math.PI / 2));
}

/** @param {number} count @returns {[number, number][]} */
function spiral(count) {
  /** @type {[number, number][]} */
  const places = [];
  for (let index = 0, angle = 0, radius = APART_PX; index < count; index += 1) {
    places.push(at(radius, angle - Math.PI / 2));
    angle += APART_PX / radius;
    radius = APART_PX * (1 + angle / (2 * Math.PI));
  }
  return places;
}

/** @param {number} radius @param {number} angle @returns {[number, number]} */
function at(radius, angle) {
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}
