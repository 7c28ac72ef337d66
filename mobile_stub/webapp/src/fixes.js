// @ts-check
/** The fixes of a track on this phone, each until the server has taken it. */

/** @import {Columns} from "./wire.d.ts" */
/** @import {Fix} from "./position.js" */

import * as kept from "./kept.js";

/** @typedef {Fix & {number: number, person_id: number, trip_id: number}} Row */

/** Keeps a fix of a duty. @param {number} person_id @param {number} trip_id @param {Fix} fix */
export async function add(person_id, trip_id, fix) {
  await kept.run("fixes", "readwrite", (table) => table.add({ ...fix, person_id, trip_id }));
}

/** The oldest fixes of a person, so many at the most. @param {number} person_id @param {number} most @returns {Promise<Row[]>} */
export async function oldest(person_id, most) {
  const rows = /** @type {Row[]} */ (await kept.run("fixes", "readonly", (table) => table.getAll()));
  return rows.filter((row) => row.person_id === person_id).slice(0, most);
}

/** How many fixes of a person wait here. @param {number} person_id */
export const waiting = async (person_id) => (await oldest(person_id, Infinity)).length;

/** Lets go of fixes that the server has: all with these numbers or between them that are of this person. @param {Row[]} rows */
export async function drop(rows) {
  for (const { number } of rows) await kept.run("fixes", "readwrite", (table) => table.delete(number));
}

/** Lets go of all that waits of a duty: its consent was withdrawn. @param {number} person_id @param {number} trip_id */
export async function forget(person_id, trip_id) {
  await drop((await oldest(person_id, Infinity)).filter((row) => row.trip_id === trip_id));
}

/** Rows as they are sent, a column each. @param {Row[]} rows @returns {Columns} */
export function columns(rows) {
  return { lng: rows.map(({ lng }) => lng), lat: rows.map(({ lat }) => lat), fixed_at: rows.map(({ at }) => at / 1000),
    accuracy_m: rows.map(({ accuracy_m }) => accuracy_m), speed_mps: rows.map(({ speed_mps }) => speed_mps),
    heading_deg: rows.map(({ heading_deg }) => heading_deg) };
}
