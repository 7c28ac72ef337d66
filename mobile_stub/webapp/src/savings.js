// @ts-check
/** What one writes into one's own log: kept at every stroke, queued when it is saved, each saving after the one before. */

/** @import {Item} from "./queue.js" */
/** @import {Saved} from "./wire.d.ts" */

import * as kept from "./kept.js";
import * as queue from "./queue.js";
import { deliver } from "./sender.js";
import * as session from "./session.js";
import { uuid } from "./uuid.js";

/** @typedef {Record<string, string>} Texts what is written, by the name of its field */
/** @typedef {{texts: Texts, after: string | null}} Draft and which saving its writer had before them */
/** @typedef {{door: string, day: string, body: any}} Told a saving: where it goes, of which day it is, what is sent */

const PATIENCE_MS = 6_000;

/** @param {string} door */
const keyFor = async (door) => `draft:log:${(await session.current())?.person.id ?? 0}:${door}`;

/** What is being written, or null. @param {string} door @returns {Promise<Draft | null>} */
export const draft = async (door) => kept.get(await keyFor(door));

/** @param {string} door @param {Draft} written */
export const keep = async (door, written) => kept.put(await keyFor(door), written);

/** @param {string} door */
const drop = async (door) => kept.drop(await keyFor(door));

/** The last saving that waits for the same door, or null. @param {string} door @returns {Promise<Item | null>} */
export async function pending(door) {
  const waiting = await queue.unsent();
  return waiting.filter(({ kind, state, told }) => kind === "log" && state === "waiting" && told.door === door).at(-1) ?? null;
}

/**
 * How the fields of a form stand: as being written, or as waiting to be sent, or as the server has them.
 * @param {string} door
 * @param {Saved | null} saved what the server has
 */
export async function standing(door, saved) {
  const [written, waiting] = [await draft(door), await pending(door)];
  const after = waiting?.id ?? saved?.id ?? null;
  return {
    waiting, after, unsaved: written?.texts ?? null,
    texts: /** @type {Texts} */ (written?.texts ?? waiting?.told.body ?? saved ?? {}),
    overtaken: Boolean(saved && written && written.after !== after),
  };
}

/**
 * Queues a saving and waits a little for it to arrive.
 * @param {string} door
 * @param {string} day
 * @param {Texts} texts
 * @param {string | null} after
 * @param {string} title
 * @returns {Promise<boolean>} whether the server has it
 */
export async function save(door, day, texts, after, title) {
  const body = { ...texts, id: uuid(), after, made_at: new Date().toISOString() };
  const number = await queue.addLog({ door, day, body }, title);
  await drop(door);
  return (await deliver(number, PATIENCE_MS))?.state === "kept";
}

/** Whether a saving says anything; one that was erased does not. @param {Saved | null | undefined} saved */
export const says = (saved) => Boolean(saved && Object.entries(saved).some(([name, text]) => name !== "id" && name !== "at" && text));

/** Makes a saving that was not taken a draft again; where to go on with it. @param {Item} item */
export async function correct(item) {
  const { door, day, body } = item.told;
  const { id: _id, after, made_at: _at, ...texts } = body;
  await keep(door, { texts, after: after ?? "" });
  await queue.drop(item);
  return door.startsWith("me/") ? `#/logs/${day}` : `#/supplement/${door.split("/")[1]}?day=${day}`;
}
