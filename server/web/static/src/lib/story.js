/**
 * How the wall tells of a person on duty and of a check-in: as a row of the list, and as the card over a mark.
 * @import {Checkin, Place} from "../wire"
 */
import { t } from "./desk.js";
import { el } from "./dom.js";
import { age, ago, clock, span } from "./time.js";
import { badge, signalTags, windowMark } from "./verdict.js";
import { word } from "./words.js";

/**
 * @param {Checkin} checkin
 * @param {{key: string, fresh: boolean, go: () => void}} how `fresh`: it has just come
 * @returns {HTMLLIElement}
 */
export function checkinRow(checkin, { key, fresh, go }) {
  const finest = checkin.areas[checkin.areas.length - 1];
  const where = checkin.stop?.name || finest?.name || checkin.trip?.title || t("行程外");
  const when = el("span.end.faint", { title: ago(age(checkin.happened_at)) }, clock(checkin.happened_at));
  const what = el("span.clip", {}, `${word("checkin", checkin.kind)} · ${where}`);
  const button = el(
    "button.row",
    { type: "button", dataset: { key }, onclick: go },
    el("span.row-line", {}, badge(checkin.verdict), when),
    el("span.row-line", {}, el("b", {}, checkin.person.name), el("span.clip", {}, checkin.unit.name)),
    el("span.row-line", {}, what, windowMark(checkin, span)),
    signalTags(checkin.signals),
    checkin.note ? el("span.note", {}, checkin.note) : null,
  );
  return el(fresh ? "li.fresh" : "li", {}, button);
}

/**
 * @param {Place} place
 * @param {{key: string, age_s: number, old: boolean, go: () => void}} how
 * @returns {HTMLLIElement}
 */
export function personRow(place, { key, age_s, old, go }) {
  const dot = el(old ? "span.dot.dot-old" : "span.dot");
  const name = el("b", {}, place.person.name);
  const unit = el("span.clip", {}, place.unit.name);
  const button = el(
    "button.row",
    { type: "button", dataset: { key }, onclick: go },
    el("span.row-line", {}, dot, name, unit, el("span.end.faint", {}, ago(age_s))),
    el("span.row-line", {}, el("span.clip", {}, place.trip?.title || t("行程外"))),
  );
  return el("li", {}, button);
}

/** @param {Place} place @param {number} age_s @returns {HTMLElement[]} */
export function personCard(place, age_s) {
  const accuracy = place.position.accuracy_m ? ` · ±${Math.round(place.position.accuracy_m)} m` : "";
  return [
    el("p", {}, el("b", {}, place.person.name), ` ${place.unit.name}`),
    el("p", {}, place.trip?.title || t("行程外")),
    el("p", {}, t("{ago}的位置", { ago: ago(age_s) }), accuracy),
  ];
}

/** @param {Checkin} checkin @returns {HTMLElement[]} */
export function checkinCard(checkin) {
  const where = checkin.stop?.name || checkin.trip?.title || t("行程外");
  const facts = [word("checkin", checkin.kind), where, clock(checkin.happened_at)];
  return [
    el("p", {}, el("b", {}, checkin.person.name), ` ${checkin.unit.name}`),
    el("p", {}, badge(checkin.verdict)),
    el("p", {}, facts.join(" · ")),
  ];
}
