// @ts-check
/** What was last read of one's own duties, so that a page still opens where there is no signal. */

import { Lost } from "./api.js";
import * as kept from "./kept.js";
import * as session from "./session.js";

/** @param {string} what */
async function keyFor(what) {
  return `seen:${(await session.current())?.person.id ?? 0}:${what}`;
}

/**
 * Asks the server, and keeps the answer; without a network, gives what was kept and since when.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} load
 * @returns {Promise<{value: T, since: number | null}>} since in ms, null when fresh
 */
export async function remembered(what, load) {
  const key = await keyFor(what);
  try {
    const value = await load();
    await keep(key, value);
    return { value, since: null };
  } catch (failure) {
    const old = failure instanceof Lost ? await kept.get(key) : null;
    if (!old) throw failure;
    return old;
  }
}

/** Keeps an answer; a full phone keeps what was done and lets go of what can be read again. @param {string} key @param {unknown} value */
async function keep(key, value) {
  try {
    await kept.put(key, { value, since: Date.now() });
  } catch (failure) {
    if (!kept.full(failure)) throw failure;
  }
}

/** What was last read, without asking. @param {string} what @returns {Promise<any>} null when it never was */
export async function recalled(what) {
  return (await kept.get(await keyFor(what)))?.value ?? null;
}

/** Forgets all of it, when somebody signs out. */
export async function forgetAll() {
  await kept.dropAll("seen:");
}
