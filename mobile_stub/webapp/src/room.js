// @ts-check
/** How much room this phone has for us, and whether the browser promised to keep what we put there. */

import * as kept from "./kept.js";

/** Below this, a day's check-ins may not fit any more. */
const LOW_BYTES = 5 * 2 ** 20;

/** A place kept free: a check-in that finds no room takes it. */
const SPARE = "spare";
const SPARE_BYTES = 64 * 2 ** 10;
const AGAIN_MS = 300_000;

let tried_at = 0;
let spared = true;

/** @typedef {{used: number | null, free: number | null, low: boolean}} Room bytes; null where the browser does not say */

/** Whether the spare place can be kept; browsers tell how much is left only roughly, so it is tried out. @param {boolean} now even if it was tried of late */
async function spare(now) {
  if (!now && Date.now() - tried_at < AGAIN_MS) return spared;
  tried_at = Date.now();
  try {
    await kept.put(SPARE, new Uint8Array(SPARE_BYTES));
    spared = true;
  } catch (failure) {
    if (!kept.full(failure)) throw failure;
    spared = false;
  }
  return spared;
}

/** How much room there is. @param {boolean} [now] tried out afresh @returns {Promise<Room>} */
export async function room(now = false) {
  const fits = await spare(now);
  if (!navigator.storage?.estimate) return { used: null, free: null, low: !fits };
  const { usage = 0, quota = 0 } = await navigator.storage.estimate();
  const free = fits ? Math.max(0, quota - usage) : 0;
  return { used: usage, free, low: free < LOW_BYTES };
}

/**
 * Writes something that must not be lost; without room for it, the spare place is given up.
 * @template T
 * @param {() => Promise<T>} write
 * @returns {Promise<T>}
 */
export async function must(write) {
  try {
    return await write();
  } catch (failure) {
    if (!kept.full(failure)) throw failure;
  }
  await kept.drop(SPARE);
  return write();
}

/** Asks the browser never to clear what we keep of its own accord. @returns {Promise<boolean | null>} null where it cannot be asked */
export async function hold() {
  if (!navigator.storage?.persist) return null;
  return navigator.storage.persist();
}

/** Whether it has promised. @returns {Promise<boolean | null>} */
export async function held() {
  if (!navigator.storage?.persisted) return null;
  return navigator.storage.persisted();
}

/** Bytes as people write them. @param {number} bytes */
export function bytes(bytes) {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const figure = bytes / 1024 ** power;
  return `${figure.toFixed(figure < 10 && power > 0 ? 1 : 0)} ${units[power]}`;
}
