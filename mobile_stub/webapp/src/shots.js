// @ts-check
/** Photos as this phone keeps them until the server has them: shrunk, upright, and told apart by what they hold. */

import * as kept from "./kept.js";
import { must } from "./room.js";
import * as session from "./session.js";
import { uuid } from "./uuid.js";

/** @typedef {{id: string, person_id: number, at: number, size: number, sha256: string, content: ArrayBuffer}} Shot */

/** The longest side of what is sent, in pixels; enough to read a house number by. */
const SIDE_PX = 1600;
const QUALITY = 0.82;
const DAY_MS = 24 * 3_600_000;

/** So many one check-in takes. */
export const MOST = 9;

/** What was chosen is no picture that this browser can read. */
export class Unreadable extends Error {}

/** A picture out of a file, the right way up. @param {Blob} file @returns {Promise<ImageBitmap | HTMLImageElement>} */
async function decoded(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return decodedByElement(file);
  }
}

/** The same where bitmaps cannot be made of files: older iPhones. @param {Blob} file */
async function decodedByElement(file) {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  try {
    await image.decode();
    return image;
  } catch {
    throw new Unreadable();
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

/** A picture as JPEG of the set size: whatever else the camera wrote into the file stays behind. @param {Blob} file @returns {Promise<ArrayBuffer>} */
async function shrunk(file) {
  const image = await decoded(file);
  const scale = Math.min(1, SIDE_PX / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale))];
  const pen = canvas.getContext("2d");
  if (!pen) throw new Unreadable();
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  if (image instanceof ImageBitmap) image.close();
  const made = await new Promise((/** @type {(blob: Blob | null) => void} */ resolve) => {
    canvas.toBlob(resolve, "image/jpeg", QUALITY);
  });
  if (!made) throw new Unreadable();
  return made.arrayBuffer();
}

/** @param {ArrayBuffer} content */
async function digest(content) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Shrinks what was chosen and keeps it; fails when it is no picture, or when the phone is full. @param {Blob} file @returns {Promise<Shot>} */
export async function add(file) {
  const content = await shrunk(file);
  const shot = { id: uuid(), person_id: (await session.current())?.person.id ?? 0, at: Date.now(), size: content.byteLength,
    sha256: await digest(content), content };
  await kept.run("photos", "readwrite", (table) => table.put(shot));
  return shot;
}

/** @param {string} id @returns {Promise<Shot | null>} */
export async function one(id) {
  return (await kept.run("photos", "readonly", (table) => table.get(id))) ?? null;
}

/** Those of the photos that are here, in the order asked for. @param {string[]} ids @returns {Promise<Shot[]>} */
export async function all(ids) {
  const found = await Promise.all(ids.map(one));
  return found.filter((shot) => shot !== null);
}

/** Lets go of one: the server has it, or the person does not want it. @param {string} id */
export const drop = (id) => must(() => kept.run("photos", "readwrite", (table) => table.delete(id)));

/** Lets go of what neither a draft nor the queue names: left by a page that was closed between two steps. @param {Set<string>} named */
export async function tidy(named) {
  for (const { id, at } of /** @type {Shot[]} */ (await kept.run("photos", "readonly", (table) => table.getAll()))) {
    if (!named.has(id) && Date.now() - at > DAY_MS) await drop(id);
  }
}
