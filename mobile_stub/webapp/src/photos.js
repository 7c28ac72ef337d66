// @ts-check
/** The photos of a check-in or a report being written: taken or chosen, shown small, taken out again. */

/** @import {Trip} from "./wire.d.ts" */

import { el, refill } from "./dom.js";
import { icon } from "./icons.js";
import { full } from "./kept.js";
import { notice, para, section } from "./parts.js";
import { room } from "./room.js";
import * as shots from "./shots.js";
import { say } from "./words.js";

const KINDS = "image/jpeg,image/png,image/webp";

/** Below this, not even one more is taken in. */
const ROOM_BYTES = 2 * 2 ** 20;

/** A button that opens the camera or the album. @param {"camera" | "album"} from @param {(files: File[]) => unknown} onchoose */
function chooser(from, onchoose) {
  const input = el("input", { type: "file", accept: KINDS, class: "unseen", name: from,
    capture: from === "camera" ? "environment" : null, multiple: from === "album" });
  input.addEventListener("change", () => {
    const files = [...(input.files ?? [])];
    input.value = "";
    return onchoose(files);
  });
  return el("label", { class: "button quiet" }, icon(from), el("span", {}, say(`photo.${from}`)), input);
}

/** One that is kept, with the way to take it out. @param {string} url @param {number} number @param {() => unknown} remove */
function tile(url, number, remove) {
  return el("li", { class: "tile" }, el("img", { src: url, alt: say("photo.nth", { n: number }) }),
    el("button", { type: "button", class: "tile-out", "aria-label": say("photo.remove", { n: number }), onclick: remove }, icon("close")));
}

/** That the duty asks for one, and on what basis. @param {Trip | null} trip */
const asked = (trip) => trip?.photos_required
  && notice("note", say("photo.asked"), para(say("photo.asked_text", { basis: trip.basis ?? "" })));

/** What went wrong with one that was chosen. @param {unknown} failure */
function trouble(failure) {
  if (full(failure)) return notice("warn", say("photo.full"), para(say("photo.full_text")));
  if (failure instanceof shots.Unreadable) return notice("warn", say("photo.unreadable"), para(say("photo.unreadable_text")));
  throw failure;
}

/** Keeps one that was chosen; fails when there is no room for it. @param {File} file */
async function take(file) {
  const { free } = await room();
  if (free !== null && free < ROOM_BYTES) throw new DOMException(say("photo.full"), "QuotaExceededError");
  return (await shots.add(file)).id;
}

/**
 * The part of a page that holds the photos of what is being written.
 * @param {{photos: string[]}} draft
 * @param {Trip | null} trip
 * @param {() => unknown} keep writes the draft down
 * @returns {{node: HTMLElement, leave: () => void}}
 */
export function photoFields(draft, trip, keep) {
  const list = el("ul", { class: "tiles" });
  const said = el("div", { "aria-live": "polite" });
  /** @type {Map<string, string>} */
  const urls = new Map();
  const ways = el("div", { class: "answers" }, chooser("camera", (files) => choose(files)), chooser("album", (files) => choose(files)));

  const draw = async () => {
    for (const shot of await shots.all(draft.photos)) {
      if (!urls.has(shot.id)) urls.set(shot.id, URL.createObjectURL(new Blob([shot.content], { type: "image/jpeg" })));
    }
    refill(list, ...draft.photos.map((id, at) => tile(urls.get(id) ?? "", at + 1, () => remove(id))));
    list.hidden = !draft.photos.length;
    ways.hidden = draft.photos.length >= shots.MOST;
  };
  const remove = async (/** @type {string} */ id) => {
    draft.photos = draft.photos.filter((one) => one !== id);
    await keep();
    await shots.drop(id);
    return draw();
  };
  const choose = async (/** @type {File[]} */ files) => {
    refill(said, el("p", { class: "hint" }, say("photo.working")));
    /** @type {Node[]} */
    const wrong = files.length > shots.MOST - draft.photos.length ? [notice("note", say("photo.most", { n: shots.MOST }))] : [];
    for (const file of files.slice(0, shots.MOST - draft.photos.length)) {
      try {
        draft.photos.push(await take(file));
        await keep();
        await draw();
      } catch (failure) {
        wrong.push(trouble(failure));
      }
    }
    refill(said, ...wrong);
  };
  void draw();
  const body = globalThis.isSecureContext ? [list, said, ways] : [para(say("photo.insecure"))];
  return { node: section(say(trip?.photos_required ? "photo.title_asked" : "photo.title"), asked(trip), ...body),
    leave: () => urls.forEach((url) => URL.revokeObjectURL(url)) };
}
