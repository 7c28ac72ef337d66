/**
 * What a supervisor and the person said about a check-in; appended, never overwritten.
 * @import {Checkin, Review} from "../wire"
 */
import { post } from "./api.js";
import { ask, textField } from "./dialog.js";
import { may, me, t } from "./desk.js";
import { el } from "./dom.js";
import { shortly } from "./time.js";
import { word } from "./words.js";

/** @typedef {(checkin: Checkin) => void} Changed */

/** @param {Checkin} checkin @returns {HTMLElement | null} what was said, each query with its answer beside it */
export function reviewLines(checkin) {
  return checkin.reviews.length ? el("ul.reviews", {}, checkin.reviews.map(line)) : null;
}

/** @param {Review} review */
function line(review) {
  return el(
    `li.review-${review.kind}`,
    {},
    el("b", {}, word("review", review.kind)),
    review.by ? ` ${review.by.name} ` : " ",
    el("span.faint", {}, shortly(review.at)),
    review.note ? el("p", {}, review.note) : null,
  );
}

/**
 * Accept, query, answer: whichever this reader may.
 * @param {Checkin} checkin
 * @param {Changed} changed
 * @returns {HTMLElement | null}
 */
export function reviewButtons(checkin, changed) {
  if (checkin.person.id === me().id)
    return answerable(checkin)
      ? el(
          "span.buttons",
          {},
          button(t("答复"), () => answer(checkin, changed)),
        )
      : null;
  if (!may("checkin.review")) return null;
  return el(
    "span.buttons",
    {},
    button(t("认可"), () => review(checkin, "accept", changed)),
    button(t("询问"), () => review(checkin, "query", changed)),
  );
}

/** @param {string} words @param {() => void} onclick */
function button(words, onclick) {
  return el("button.link.small", { type: "button", onclick }, words);
}

/** @param {Checkin} checkin @returns {boolean} */
export function answerable(checkin) {
  return checkin.reviews.at(-1)?.kind === "query" && may("checkin.answer");
}

/** The word on a check-in, on top of the last one that was read. @param {Checkin} checkin @param {"accept" | "query"} kind @param {string} note @returns {Promise<Checkin>} */
export function say(checkin, kind, note) {
  return post(`/checkins/${checkin.id}/reviews`, { kind, note, after: checkin.reviews.at(-1)?.id ?? 0 });
}

/** @param {Checkin} checkin @param {"accept" | "query"} kind @param {Changed} changed */
export function review(checkin, kind, changed) {
  const asks = kind === "query";
  return said(changed, {
    title: asks ? t("询问这次签到") : t("认可这次签到"),
    yes: asks ? t("发出询问") : t("认可"),
    body: [
      asks ? el("p", {}, t("本人会看到并可以答复；询问不是处分。")) : null,
      textField("note", asks ? t("想问什么") : t("说明（可不填）"), { required: asks }),
    ],
    act: (form) => say(checkin, kind, String(form.get("note")).trim()),
  });
}

/** @param {Checkin} checkin @param {Changed} changed */
export function answer(checkin, changed) {
  return said(changed, {
    title: t("答复"),
    yes: t("答复"),
    body: [textField("note", t("您的答复"))],
    act: (form) => post(`/checkins/${checkin.id}/answers`, { note: form.get("note") }),
  });
}

/**
 * Ask, and tell what came of it once the dialog is gone: until then nothing behind it can be given the focus.
 * @param {Changed} changed
 * @param {Omit<Parameters<typeof ask>[0], "act"> & {act: (form: FormData) => Promise<Checkin>}} what
 * @returns {Promise<boolean>}
 */
async function said(changed, what) {
  /** @type {Checkin | null} */
  let now = null;
  const done = await ask({ ...what, act: async (form) => (now = await what.act(form)) });
  if (now) changed(now);
  return done;
}
