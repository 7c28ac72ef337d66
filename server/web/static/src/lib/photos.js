/**
 * The photos of a check-in or a matter: small in a row, the stamped copy large when one is opened, the original for evidence.
 * @import {Checkin, PhotoOf, Proven} from "../wire"
 */
import { Refusal } from "./api.js";
import { desk, me, t } from "./desk.js";
import { el, fill } from "./dom.js";
import { hand } from "./handing.js";
import { askReason } from "./looks.js";
import { refusalNotice } from "./states.js";

/** @param {string} id @param {"thumb" | "stamped" | "original"} face @returns {string} */
const source = (id, face) => `/api/v1/photos/${id}/${face}`;

/**
 * The photos that have arrived of a check-in, report or step, and how many are still to come; nothing where it told of none.
 * @param {Checkin | Proven} checkin
 * @returns {HTMLElement | null}
 */
export function photoTiles(checkin) {
  if (!checkin.photo_count) return null;
  const coming = checkin.photo_count - checkin.photos.length;
  return el(
    "div.photos",
    {},
    checkin.photos.map((photo) => tile(checkin, photo)),
    coming > 0
      ? el("span.faint.small", {}, t("{n} 张照片（共 {all} 张）还没有送达", { n: coming, all: checkin.photo_count }))
      : null,
  );
}

/**
 * The same without anything to press, for a card over a map.
 * @param {Checkin} checkin
 * @returns {HTMLElement | null}
 */
export function photoGlance(checkin) {
  const shown = checkin.photos.filter((photo) => !photo.erased).slice(0, 3);
  if (!shown.length) return null;
  return el("div.photos", {}, shown.map(image));
}

/** @param {PhotoOf} photo @returns {string} */
const name = (photo) => t("照片 {n}", { n: photo.number });

/** @param {PhotoOf} photo @returns {HTMLElement} */
function image(photo) {
  return el("img.photo", { src: source(photo.id, "thumb"), alt: name(photo), loading: "lazy", width: 56, height: 56 });
}

/** @param {Checkin | Proven} checkin @param {PhotoOf} photo @returns {HTMLElement} */
function tile(checkin, photo) {
  if (photo.erased) return el("span.photo.photo-gone", { title: t("照片已删除") }, t("已删除"));
  const label = t("打开照片 {n}", { n: photo.number });
  return el(
    "button.photo-open",
    { type: "button", "aria-label": label, onclick: () => open(checkin, photo) },
    image(photo),
  );
}

/** @param {Checkin | Proven} checkin @param {PhotoOf} photo */
function open(checkin, photo) {
  const place = el("div.photo-place", {}, el("p.faint", {}, t("正在打开…")));
  const wrong = el("div", {});
  const stamped = el("img.photo-large", { src: source(photo.id, "stamped"), alt: name(photo) });
  stamped.addEventListener("load", () => fill(place, stamped));
  stamped.addEventListener("error", () => fill(place, el("p", {}, t("照片打不开：服务器可能缺少中文字体，或照片已删除。"))));
  const original = el(
    "button.button.start",
    { type: "button", onclick: () => download(checkin, photo, wrong) },
    t("下载原件"),
  );
  const dialog = el(
    "dialog.dialog.dialog-photo",
    { "aria-label": name(photo) },
    el("div.dialog-body", {}, wrong, place),
    el(
      "div.dialog-foot",
      {},
      mayOpen(checkin) ? original : null,
      el("button.button.button-main", { type: "button", onclick: () => dialog.close() }, t("关闭")),
    ),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** Whose photo it is, and of a check-in a supervisor too. @param {Checkin | Proven} shown @returns {boolean} */
function mayOpen(shown) {
  if (!("verdict" in shown)) return shown.by?.id === me().id;
  return shown.person.id === me().id || me().roles.some(({ role }) => role === "supervisor");
}

/**
 * Hand over the original; another's may hold a position, so it asks why first, once per duty and sitting.
 * @param {Checkin | Proven} checkin
 * @param {PhotoOf} photo
 * @param {HTMLElement} wrong
 * @returns {Promise<void>}
 */
async function download(checkin, photo, wrong) {
  if ("verdict" in checkin && checkin.position_withheld === "reason_needed" && !desk.reasoned)
    return explain(checkin, photo, wrong);
  const answer = await fetch(source(photo.id, "original"), { credentials: "same-origin" });
  if (answer.ok) return save(await answer.blob(), photo);
  const problem = await answer.json();
  if (problem.code !== "reason_needed" || !("verdict" in checkin)) return fill(wrong, refusalNotice(new Refusal(problem)));
  return explain(checkin, photo, wrong);
}

/**
 * Say why, then hand over; the check-in's place is open from then on too.
 * @param {Checkin} checkin
 * @param {PhotoOf} photo
 * @param {HTMLElement} wrong
 * @returns {Promise<void>}
 */
async function explain(checkin, photo, wrong) {
  const title = t("打开 {name} 的照片原件", { name: checkin.person.name });
  const told = await askReason({ title, ...(checkin.trip ? { trip_id: checkin.trip.id } : {}) });
  return told ? download({ ...checkin, position_withheld: null }, photo, wrong) : undefined;
}

/** @param {Blob} file @param {PhotoOf} photo */
function save(file, photo) {
  const ending = file.type.replace("image/", "").replace("jpeg", "jpg");
  hand(file, `guatu-${photo.id}.${ending}`);
}
