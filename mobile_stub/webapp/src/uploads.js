// @ts-check
/** Sends a photo in parts: asks how much the server has, goes on from there, and lets go only once it is kept. */

/** @import {Sent} from "./wire.d.ts" */

import * as api from "./api.js";
import * as shots from "./shots.js";

/** @typedef {import("./queue.js").Of & {number: number, size: number, sha256: string}} PhotoTold */

/** A part goes through within a slow network's patience. */
const PART_BYTES = 96 * 1024;
const TRIES = 3;

/** Something more urgent is to be sent first. */
export class Interrupted extends Error {}

/** The photo is not on this phone any more. */
const gone = () => new api.Refusal({ code: "photo_gone", status: 410, title: "本机上已经没有这张照片。", title_en: "This photo is not on this phone any more." });

/**
 * Sends what the server does not have yet.
 * @param {string} id
 * @param {Sent} begun how far it has come
 * @param {number} person_id whose it is
 * @param {(received: number) => unknown} progress before each part
 */
async function onwards(id, begun, person_id, progress) {
  const content = (await shots.one(id))?.content;
  if (!content) throw gone();
  let at = begun;
  while (!at.kept && !at.erased) {
    await progress(at.received);
    at = await api.sendPart(id, at.received, content.slice(at.received, at.received + PART_BYTES), person_id);
  }
}

/**
 * Sends one photo whole, however much of it arrived before; what arrived damaged is sent anew.
 * @param {string} id
 * @param {PhotoTold} told
 * @param {number} person_id
 * @param {(received: number) => unknown} progress may throw `Interrupted`
 */
export async function send(id, told, person_id, progress) {
  for (let tries = 1; ; tries += 1) {
    try {
      const begun = await api.beginPhoto(id, told, person_id);
      if (!begun.kept && !begun.erased) await onwards(id, begun, person_id, progress);
      return await shots.drop(id);
    } catch (failure) {
      if (!(failure instanceof api.Refusal) || failure.problem.code !== "photo_differs" || tries >= TRIES) throw failure;
    }
  }
}
