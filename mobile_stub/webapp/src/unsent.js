// @ts-check
/** Check-ins made on this phone that the server has not confirmed yet. */

/** @import {CheckinIn, Problem} from "./wire.d.ts" */

/** @typedef {{item: CheckinIn, problem: Problem | null}} Unsent */

import * as kept from "./kept.js";
import * as session from "./session.js";

/** The signed-in person's part of the kept table. */
async function prefix() {
  return `unsent:${(await session.current())?.person.id ?? 0}:`;
}

/** Keeps an item, with the server's refusal if there was one. @param {CheckinIn} item @param {Problem | null} problem */
export async function put(item, problem) {
  await kept.put((await prefix()) + item.id, { item, problem });
}

/** @param {string} id */
export async function drop(id) {
  await kept.drop((await prefix()) + id);
}

/** This person's undelivered check-ins, oldest first. @returns {Promise<Unsent[]>} */
export async function mine() {
  const found = /** @type {Unsent[]} */ (await kept.all(await prefix()));
  return found.sort((one, other) => one.item.made_at.localeCompare(other.item.made_at));
}
