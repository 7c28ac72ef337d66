/** Photos chosen in a dialog: made smaller here, which leaves the camera's notes behind, and sent in parts once what they prove is kept. */
import { put, Refusal, sendBytes } from "./api.js";
import { t } from "./desk.js";
import { el, fill } from "./dom.js";
import { uuid } from "./uuid.js";

const MOST = 9;
const SIDE_PX = 1600;
const QUALITY = 0.82;
const PART_BYTES = 512 * 1024;

/** @typedef {{id: string, name: string, content: ArrayBuffer, sha256: string}} Shot */

/**
 * A field to choose photos in; `told` is what goes with the report or step, and `send` sends them after it, and says how many. All of it may be
 * pressed again: the ids stay.
 * @returns {{node: HTMLElement | null, told: () => {told_as?: string, photo_count?: number}, send: () => Promise<number>}}
 */
export function photoField() {
  /** @type {Shot[]} */
  let shots = [];
  const told_as = uuid();
  const words = el("p.hint", { role: "status" });
  const input = el("input.input", { id: "ask-photos", type: "file", accept: "image/jpeg,image/png,image/webp", multiple: true });
  input.addEventListener("change", () => void choose());

  async function choose() {
    const files = [...(input.files || [])].slice(0, MOST);
    const made = await Promise.all(files.map(shot));
    shots = made.filter((each) => each !== null);
    const unread = made.length - shots.length;
    fill(words, t("已选 {n} 张", { n: shots.length }), unread ? [" · ", t("{n} 个文件不是照片，没有选上", { n: unread })] : null);
  }

  async function send() {
    input.disabled = true;
    for (const [index, each] of shots.entries()) {
      fill(words, t("正在上传第 {n} 张，共 {all} 张…", { n: index + 1, all: shots.length }));
      await sendOne(each, told_as, index + 1);
    }
    return shots.length;
  }

  const node = el("div.field", {}, el("label", { for: "ask-photos" }, t("照片（可不选，最多 {n} 张）", { n: MOST })), input, words);
  return { node: crypto.subtle ? node : null, told: () => (shots.length ? { told_as, photo_count: shots.length } : {}), send };
}

/** @param {Shot} shot @param {string} proof_id @param {number} number */
async function sendOne({ id, content, sha256 }, proof_id, number) {
  const size = content.byteLength;
  let at = await put(`/photos/${id}`, { proof_id, number, size, sha256 });
  while (!at.kept && !at.erased) {
    const before = at.received;
    at = await sendBytes(`/photos/${id}?offset=${before}`, content.slice(before, before + PART_BYTES));
    if (!at.kept && at.received <= before) throw new Refusal({ code: "stuck", status: 0, title: "照片没有传上去，请再试一次。", title_en: "The photo did not go through; try again." });
  }
}

/** A file as a photo; null where it is none. @param {File} file @returns {Promise<Shot | null>} */
async function shot(file) {
  try {
    const content = await shrunk(file);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
    const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return { id: uuid(), name: file.name, content, sha256 };
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

/** A picture as JPEG of a bounded size, the right way up. @param {File} file @returns {Promise<ArrayBuffer>} */
async function shrunk(file) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, SIDE_PX / Math.max(image.width, image.height));
  const canvas = el("canvas", { width: Math.max(1, Math.round(image.width * scale)), height: Math.max(1, Math.round(image.height * scale)) });
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  const blob = await new Promise((/** @type {(made: Blob | null) => void} */ made) => canvas.toBlob(made, "image/jpeg", QUALITY));
  if (!blob) throw new DOMException("not a picture", "EncodingError");
  return blob.arrayBuffer();
}
