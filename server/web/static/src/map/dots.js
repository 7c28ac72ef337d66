/**
 * Where people are drawn while they move: pure, so that it can be tested without a map. Each dot glides from where it
 * was to where it is; those that lie together share a dot with their number; names stand where there is room.
 * @import {Place} from "../wire"
 */

/** How long a dot takes to its new place (ms): shorter than the second between two tellings. */
export const GLIDE_MS = 900;
/** Dots nearer than this (pixels) share one. */
export const NEAR_PX = 20;
const LABEL_PX = { cell: 24, height: 18, above: 31 };

/**
 * @typedef {object} Dot
 * @property {Place} place
 * @property {number[]} from where it was, in the map's own units
 * @property {number[]} to where it is now
 * @property {number} begun when it set out (ms)
 */
/** @typedef {{anchor: Dot, places: Place[]}} Group */

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
 * @param {Iterable<Dot>} dots in a lasting order
 * @param {number} near how near is together, in the map's units
 * @returns {Group[]}
 */
export function groups(dots, near) {
  /** @type {Map<string, Group[]>} */
  const cells = new Map();
  /** @type {Group[]} */
  const found = [];
  for (const dot of dots) {
    const [x, y] = [Number(dot.to[0]), Number(dot.to[1])];
    const [column, row] = [Math.floor(x / near), Math.floor(y / near)];
    const mine = neighbours(cells, column, row).find(
      ({ anchor }) => Math.hypot(Number(anchor.to[0]) - x, Number(anchor.to[1]) - y) < near,
    );
    if (mine) {
      mine.places.push(dot.place);
      continue;
    }
    const group = { anchor: dot, places: [dot.place] };
    found.push(group);
    const cell = cells.get(`${column}:${row}`);
    if (cell) cell.push(group);
    else cells.set(`${column}:${row}`, [group]);
  }
  return found;
}

/** @param {Map<string, Group[]>} cells @param {number} column @param {number} row @returns {Group[]} */
function neighbours(cells, column, row) {
  const near = [];
  for (let x = column - 1; x <= column + 1; x += 1)
    for (let y = row - 1; y <= row + 1; y += 1) near.push(...(cells.get(`${x}:${y}`) || []));
  return near;
}

/**
 * Which groups have room for their name: first those that had it before, so that names do not flicker.
 * @param {{group: Group, x: number, y: number, width: number}[]} asked where each is on the screen, and its name's width
 * @param {Set<number>} before persons whose name stood there
 * @returns {Set<number>} the anchors' persons whose names stand now
 */
export function named(asked, before) {
  const taken = new Set();
  const kept = new Set();
  const id = (/** @type {{group: Group}} */ each) => each.group.anchor.place.person.id;
  const ordered = [...asked.filter((each) => before.has(id(each))), ...asked.filter((each) => !before.has(id(each)))];
  for (const each of ordered) {
    const cells = covered(each);
    if (cells.some((cell) => taken.has(cell))) continue;
    cells.forEach((cell) => taken.add(cell));
    kept.add(id(each));
  }
  return kept;
}

/** @param {{x: number, y: number, width: number}} label @returns {string[]} the squares of the screen that a name covers */
function covered({ x, y, width }) {
  const top = Math.floor((y - LABEL_PX.above) / LABEL_PX.height);
  const first = Math.floor((x - width / 2) / LABEL_PX.cell);
  const last = Math.floor((x + width / 2) / LABEL_PX.cell);
  return Array.from({ length: last - first + 1 }, (_, index) => `${first + index}:${top}`);
}
