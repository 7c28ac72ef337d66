// @ts-check
/** The photos of a record as the server shows them: small on the page, stamped when opened. */

/** @import {Checkin, PhotoOf} from "./wire.d.ts" */

import * as api from "./api.js";
import { el, refill } from "./dom.js";
import { failureBox } from "./failures.js";
import { button, confirmed, para, section } from "./parts.js";
import { again } from "./ways.js";
import { say } from "./words.js";

/** Puts a picture from the server into an image; without a network a word in its place. @param {HTMLImageElement} image @param {string} id @param {"thumb" | "stamped"} face */
async function load(image, id, face) {
  const url = URL.createObjectURL(await api.picture(id, face));
  image.addEventListener("load", () => URL.revokeObjectURL(url), { once: true });
  image.src = url;
}

/** Erases one for good, after asking. @param {PhotoOf} photo @param {HTMLDialogElement} dialog */
async function erase(photo, dialog) {
  const sure = await confirmed({ title: say("photo.erase_title"), text: say("photo.erase_text"), yes: say("photo.erase"), danger: true });
  if (!sure) return;
  await api.erasePhoto(photo.id);
  dialog.close();
  again();
}

/** Shows the stamped copy over the page. @param {PhotoOf} photo */
function open(photo) {
  const image = el("img", { class: "stamped", alt: say("photo.nth", { n: photo.number }) });
  const place = el("div", {}, para(say("photo.loading")));
  const dialog = el("dialog", { class: "viewer", "aria-label": say("photo.nth", { n: photo.number }) });
  refill(dialog, place, el("div", { class: "answers" }, button(say("photo.erase"), () => erase(photo, dialog), { weight: "plain" }),
    button(say("photo.close"), () => dialog.close(), { weight: "main" })));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  load(image, photo.id, "stamped").then(() => refill(place, image), (failure) => refill(place, failureBox(failure)));
}

/** One photo, small. @param {PhotoOf} photo */
function tile(photo) {
  const name = say("photo.nth", { n: photo.number });
  if (photo.erased) return el("li", { class: "tile gone" }, el("span", {}, say("photo.erased")));
  const image = el("img", { alt: "" });
  const words = el("span", { hidden: true }, say("photo.later"));
  load(image, photo.id, "thumb").catch((failure) => {
    if (!(failure instanceof api.Lost || failure instanceof api.Refusal)) throw failure;
    words.hidden = false;
    image.remove();
  });
  return el("li", { class: "tile" }, el("button", { type: "button", "aria-label": name, onclick: () => open(photo) }, image, words));
}

/** The photos of a record, and how many are still to come; null where it told of none. @param {Checkin} record */
export function pictures({ photo_count, photos }) {
  if (!photo_count) return null;
  const coming = photo_count - photos.length;
  return section(say("photo.title_plain"), photos.length > 0 && el("ul", { class: "tiles" }, ...photos.map(tile)),
    coming > 0 && el("p", { class: "hint" }, say("photo.coming", { n: coming, all: photo_count }), " ",
      el("a", { href: "#/deliveries" }, say("delivery.look"))));
}
