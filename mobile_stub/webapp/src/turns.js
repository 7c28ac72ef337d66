// @ts-check
/** One at a time, across every open tab: the browser's locks, or a lease in the kept table without them. */

import * as kept from "./kept.js";
import { must } from "./room.js";
import { uuid } from "./uuid.js";

const LEASE_MS = 30_000;
const PAUSE_MS = 120;
const me = uuid();

/** @type {Map<string, Promise<unknown>>} */
const queues = new Map();

/**
 * Browsers give locks to secure pages only, and old iPhones not at all.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function leased(name, work) {
  const key = `lease:${name}`;
  while (!(await must(() => kept.claim(key, me, LEASE_MS)))) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  try {
    return await work();
  } finally {
    await kept.drop(key);
  }
}

/**
 * Runs work alone under a name; callers wait for their turn in the order they came.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export function alone(name, work) {
  if (navigator.locks) return navigator.locks.request(`guatu-${name}`, work);
  const before = queues.get(name) ?? Promise.resolve();
  const turn = before.then(() => leased(name, work), () => leased(name, work));
  queues.set(name, turn.catch(() => null));
  return turn;
}
