/**
 * Where people are drawn while they move: pure, so that it can be tested without a map. Each dot glides from where it
 * was to where it is; those that lie together share a dot with their number.
 * @import {Place} from "../wire"
 */
import { palette } from "./palette.js";

/** How long a dot takes to its new place (ms): shorter than the second between two tellings. */
export const GLIDE_MS = 900;
/** Dots nearer than this (pixels) share one. */
export const NEAR_PX = 20 * palette.scale;
const HALF = 2 ** 25;

/**
 * @typedef {object} Dot
 * @property {Place} place
 * @property {number[]} from where it was, in the map's own units
 * @property {number[]} to where it is now
 * @property {number} begun when it set out (ms)
 */
/** @typedef {{anchor: Dot, places: Place[]}} Group */
/**
 * @template T
 * @typedef {{anchor: {to: number[], place: T}, places: T[]}} Together things that share a mark, by the first of them
 */

/** @param {Dot} dot @param {number} now ms @returns {number[]} where it is drawn at this moment */
export function where(dot, now) {
  const share = Math.min(1, Math.max(0, (now - dot.begun) / GLIDE_MS));
  const eased = share * share * (3 - 2 * share);
  return [0, 1].map((axis) => Number(dot.from[axis]) + (Number(dot.to[axis]) - Number(dot.from[axis])) * eased);
}

/**
 * Take in where everybody is now: who was there before glides on from where they are drawn.
 * @param {Map<number, Dot>} dots by person, changed in place
 * @param {Place[]} places
 * @param {(place: Place) => number[]} put where a place lies in the map's units
 * @param {{now: number, still: boolean}} how `still`: nothing glides
 * @returns {boolean} whether any dot is on its way
 */
export function move(dots, places, put, { now, still }) {
  const here = new Set(places.map((place) => place.person.id));
  for (const person of dots.keys()) if (!here.has(person)) dots.delete(person);
  let moving = false;
  for (const place of places) {
    const known = dots.get(place.person.id);
    const to = put(place);
    const same = known && known.to[0] === to[0] && known.to[1] === to[1];
    if (known && (same || !still)) {
      const from = same ? known.from : where(known, now);
      dots.set(place.person.id, { place, from, to, begun: same ? known.begun : now });
      moving ||= !same;
    } else dots.set(place.person.id, { place, from: to, to, begun: 0 });
  }
  return moving;
}

/**
 * Those whose places lie together, by the first of them; in an order that does not change from second to second.
 * @template T
 * @template {{to: number[], place: T}} D
 * @param {Iterable<D>} dots in a lasting order
 * @param {number} near how near is together, in the map's units
 * @returns {{anchor: D, places: T[]}[]}
 */
export function groups(dots, near) {
  return /** @type {ReturnType<typeof grouping<T, D>>} */ (grouping(near)).add(dots);
}

/**
 * Groups that more may be added to.
 * @template T
 * @template {{to: number[], place: T}} D
 * @param {number} near how near is together, in the map's units
 */
export function grouping(near) {
  /** @type {Map<number, {anchor: D, places: T[]}[]>} */
  const cells = new Map();
  /** @type {{anchor: D, places: T[]}[]} */
  const found = [];

  /** @param {D} dot */
  function put(dot) {
    const mine = nearest(cells, dot.to, near);
    if (mine) return mine.places.push(dot.place);
    const group = { anchor: dot, places: [dot.place] };
    const at = cellOf(Math.floor(Number(dot.to[0]) / near), Math.floor(Number(dot.to[1]) / near));
    const cell = cells.get(at);
    if (cell) cell.push(group);
    else cells.set(at, [group]);
    return found.push(group);
  }

  return {
    /** @param {Iterable<D>} dots @returns {{anchor: D, places: T[]}[]} all groups there are now */
    add(dots) {
      for (const dot of dots) put(dot);
      return found;
    },
  };
}

/**
 * The first group whose anchor is near enough; looked for in nine cells without making anything, as it is done by the ten thousand.
 * @template {{anchor: {to: number[]}}} G
 * @param {Map<number, G[]>} cells
 * @param {number[]} to
 * @param {number} near
 * @returns {G | null}
 */
function nearest(cells, to, near) {
  const [x, y] = [Number(to[0]), Number(to[1])];
  const [column, row] = [Math.floor(x / near), Math.floor(y / near)];
  for (let right = column - 1; right <= column + 1; right += 1)
    for (let up = row - 1; up <= row + 1; up += 1)
      for (const group of cells.get(cellOf(right, up)) || NONE) {
        const [east, north] = [Number(group.anchor.to[0]) - x, Number(group.anchor.to[1]) - y];
        if (east * east + north * north < near * near) return group;
      }
  return null;
}

/** @type {never[]} */
const NONE = [];

/** @param {number} column @param {number} row @returns {number} the cell they meet in; cells are metres wide, the world is not endless */
function cellOf(column, row) {
  return (column + HALF) * 2 * HALF + row + HALF;
}

/**
 * The resolution to group at: the same for a while as the map is zoomed, so that dots are not grouped anew each frame.
 * @param {number} resolution
 * @returns {number}
 */
export function stepped(resolution) {
  return 2 ** (Math.round(2 * Math.log2(resolution)) / 2);
}
