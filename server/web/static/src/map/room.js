/** Which pieces of the screen are taken, so that names cover neither each other nor what they name. Pure. */

import { palette } from "./palette.js";

/** Boxes are kept to the nearest cell: rounded outwards, a name would find no room beside its own dot. */
const CELL_PX = 4;

/** @typedef {{x: number, y: number, width: number, height: number}} Box its upper left corner and size, in pixels */

/** @typedef {ReturnType<typeof room>} Room */

/** @param {number} width @param {number} height pixels of the screen */
export function room(width, height) {
  const columns = Math.ceil(width / CELL_PX);
  const lines = Math.ceil(height / CELL_PX);
  const taken = new Uint8Array(columns * lines);

  /** @param {Box} box @param {(from: number, to: number) => boolean} row told the cells of each row; false ends it @returns {boolean} */
  function each(box, row) {
    const first = Math.max(0, Math.round(box.x / CELL_PX));
    const last = Math.min(columns - 1, Math.round((box.x + box.width) / CELL_PX) - 1);
    const bottom = Math.min(lines - 1, Math.round((box.y + box.height) / CELL_PX) - 1);
    for (let line = Math.max(0, Math.round(box.y / CELL_PX)); line <= bottom; line += 1)
      if (first <= last && !row(line * columns + first, line * columns + last)) return false;
    return true;
  }

  return {
    /** @param {Box} box @returns {boolean} whether nothing stands there; what is off the screen is free */
    free: (box) =>
      each(box, (from, to) => {
        for (let cell = from; cell <= to; cell += 1) if (taken[cell]) return false;
        return true;
      }),
    /** @param {Box} box */
    take(box) {
      each(box, (from, to) => {
        taken.fill(1, from, to + 1);
        return true;
      });
    },
  };
}

/** Where a name may stand beside its dot: above, to the right, to the left, below. */
const SIDES = /** @type {const} */ (["above", "right", "left", "below"]);

/** @typedef {(typeof SIDES)[number]} Side */

/** From the middle of a dot to its name. */
const GAP_PX = 13 * palette.scale;

/** @type {Record<Side, (width: number) => [number, number]>} */
const SHIFTS = {
  above: (width) => [-width / 2, -GAP_PX - NAME_PX],
  right: () => [GAP_PX + 2, -NAME_PX / 2],
  left: (width) => [-width - GAP_PX - 2, -NAME_PX / 2],
  below: (width) => [-width / 2, GAP_PX],
};

/** How high a name is written. */
export const NAME_PX = palette.name_px + 6;

/** @param {{x: number, y: number, width: number}} asked @param {Side} side @returns {Box} where the name would stand */
export function boxAt({ x, y, width }, side) {
  const [right, down] = SHIFTS[side](width);
  return { x: x + right, y: y + down, width, height: NAME_PX };
}

/**
 * Which dots have room for their names, and on which side: first those that stood there before, so that names do not
 * flicker.
 * @param {{id: number, x: number, y: number, width: number}[]} asked where each dot is on the screen, and its name's width
 * @param {Map<number, Side>} before
 * @param {Room} space what is taken already; names take their places in it
 * @returns {Map<number, Side>}
 */
export function named(asked, before, space) {
  /** @type {Map<number, Side>} */
  const standing = new Map();
  const known = asked.filter(({ id }) => before.has(id));
  for (const one of [...known, ...asked.filter(({ id }) => !before.has(id))]) {
    const last = before.get(one.id);
    const side = (last ? [last, ...SIDES] : SIDES).find((each) => space.free(boxAt(one, each)));
    if (!side) continue;
    space.take(boxAt(one, side));
    standing.set(one.id, side);
  }
  return standing;
}
