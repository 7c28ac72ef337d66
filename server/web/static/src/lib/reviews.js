/**
 * What a supervisor and the person said about a check-in; appended, never overwritten.
 * @import {Checkin} from "../wire"
 */
import { post } from "./api.js";
import { ask, textField } from "./dialog.js";
import { may, me, t } from "./desk.js";
import { el } from "./dom.js";
import { shortly } from "./time.js";
import { word } from "./words.js";

/** @param {Checkin} checkin @returns {HTMLElement | null} */
export function reviewLines(checkin) {
  if (!checkin.reviews.length) return null;
  return el(
    "ul.reviews",
    {},
    checkin.reviews.map((review) =>
      el(
        "li",
        {},
        el("b", {}, word("review", review.kind)),
        ` ${review.by.name} `,
        el("span.faint", {}, shortly(review.at)),
        review.note ? ` — ${review.note}` : null,
      ),
    ),
  );
}

/**
 * Accept, query, answer: whichever this reader may.
 * @param {Checkin} checkin
 * @param {(checkin: Checkin) => void} changed
 * @returns {HTMLElement | null}
 */
export function reviewButtons(checkin, changed) {
  const own = checkin.person.id === me().id;
  if (own)
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
function answerable(checkin) {
  return checkin.reviews[checkin.reviews.length - 1]?.kind === "query" && may("checkin.answer");
}

/** @param {Checkin} checkin @param {"accept" | "query"} kind @param {(checkin: Checkin) => void} changed */
function review(checkin, kind, changed) {
  const asks = kind === "query";
  return ask({
    title: asks ? t("询问这次签到") : t("认可这次签到"),
    yes: asks ? t("发出询问") : t("认可"),
    body: [
      asks ? el("p", {}, t("本人会看到并可以答复；询问不是处分。")) : null,
      textField("note", asks ? t("想问什么") : t("说明（可不填）"), { required: asks }),
    ],
    act: async (form) => changed(await post(`/checkins/${checkin.id}/reviews`, { kind, note: form.get("note") })),
  });
}

/** @param {Checkin} checkin @param {(checkin: Checkin) => void} changed */
function answer(checkin, changed) {
  return ask({
    title: t("答复"),
    yes: t("答复"),
    body: [textField("note", t("您的答复"))],
    act: async (form) => changed(await post(`/checkins/${checkin.id}/answers`, { note: form.get("note") })),
  });
}
