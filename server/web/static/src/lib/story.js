/**
 * How the wall tells of a person on duty, of a check-in and of a crossing: as a row of the list, and as the card over a
 * mark.
 * @import {Checkin, Crossing, Place} from "../wire"
 */
import { t } from "./desk.js";
import { drawing, el } from "./dom.js";
import { photoGlance } from "./photos.js";
import { age, ago, clock, day, now, shortly, span } from "./time.js";
import { badge, signalTags, windowMark } from "./verdict.js";
import { adHoc, metres, word } from "./words.js";

/**
 * @param {Checkin} checkin
 * @param {{key: string, fresh: boolean, go: () => void}} how `fresh`: it has just come
 * @returns {HTMLLIElement}
 */
export function checkinRow(checkin, { key, fresh, go }) {
  const finest = checkin.areas[checkin.areas.length - 1];
  const where = checkin.stop?.name || finest?.name || checkin.trip?.title;
  const what = el("span.clip", {}, [word("checkin", checkin.kind), where].filter(Boolean).join(" · "));
  const button = el(
    "button.row",
    { type: "button", dataset: { key }, onclick: go },
    el("span.row-line", {}, badge(checkin.verdict), when(checkin.happened_at)),
    el("span.row-line", {}, el("b", {}, checkin.person.name), el("span.clip", {}, checkin.unit.name)),
    el("span.row-line", {}, what, checkin.ad_hoc ? adHoc() : windowMark(checkin, span)),
    signalTags(checkin.signals),
    checkin.note ? el("span.note", {}, checkin.note) : null,
  );
  return el(fresh ? "li.fresh" : "li", {}, button);
}

/**
 * One slim line for a crossing.
 * @param {Crossing} crossing
 * @param {{key: string, go: () => void}} how
 * @returns {HTMLLIElement}
 */
export function crossingRow(crossing, { key, go }) {
  const area = crossing.area.name;
  const said = crossing.entered ? t("进入 {area}", { area }) : t("离开 {area}", { area });
  const arrow = drawing("0 0 12 12", [
    ["path", { d: crossing.entered ? "M1 6h6M4.5 3l3 3-3 3M10.5 1v10" : "M1.5 1v10M5 6h6M8 3l3 3-3 3" }],
  ]);
  const button = el(
    "button.row.passing",
    { type: "button", dataset: { key }, onclick: go, title: `${crossing.unit.name} · ${crossing.trip.title}` },
    el("span.row-line", {}, arrow, el("b", {}, crossing.person.name), el("span.clip", {}, said), when(crossing.at)),
  );
  return el("li", {}, button);
}

/** @param {string} instant @returns {HTMLElement} the time of day, with its day where that is not today; how long ago as its title */
function when(instant) {
  const today = day(instant) === day(new Date(now()).toISOString());
  return el("span.end.faint", { title: ago(age(instant)) }, today ? clock(instant) : shortly(instant));
}

/**
 * @param {Place} place
 * @param {{key: string, age_s: number, old: boolean, go: () => void}} how
 * @returns {HTMLLIElement}
 */
export function personRow(place, { key, age_s, old, go }) {
  const name = el("b", {}, place.person.name);
  const button = el(
    "button.row",
    { type: "button", dataset: { key }, onclick: go },
    el("span.row-line", {}, el("span.dot"), name, el("span.clip", {}, place.unit.name), el("span.end.faint.age")),
    el("span.row-line", {}, el("span.clip", {}, place.trip?.title || t("行程外")), el("span.end.faint.source")),
  );
  const row = el("li", {}, button);
  agePersonRow(row, place, { age_s, old });
  return row;
}

/**
 * Tell a row of the list anew how old the place is, and what told it.
 * @param {HTMLLIElement} row
 * @param {Place} place
 * @param {{age_s: number, old: boolean}} how
 */
export function agePersonRow(row, place, { age_s, old }) {
  const put = (/** @type {string} */ part, /** @type {string} */ words) => {
    const node = row.querySelector(part);
    if (node && node.textContent !== words) node.textContent = words;
  };
  put(".age", ago(age_s));
  put(".source", source(place));
  row.querySelector(".dot")?.classList.toggle("dot-old", old);
}

/** @param {Place} place @returns {string} what told the place: a check-in, or a phone on its own */
function source(place) {
  return place.checkin_id ? t("签到位置") : t("自动定位");
}

/** @param {Place} place @param {number} age_s @returns {HTMLElement[]} */
export function personCard(place, age_s) {
  const accuracy = place.position.accuracy_m ? ` · ±${metres(place.position.accuracy_m).replace(" ", "\u00a0")}` : "";
  return [
    el("p", {}, el("b", {}, place.person.name), ` ${place.unit.name}`),
    el("p", {}, dutyLink(place.trip)),
    el("p", {}, t("{ago}的位置", { ago: ago(age_s) }), ` · ${source(place)}`, accuracy),
  ];
}

/** @param {Checkin} checkin @returns {HTMLElement[]} */
export function checkinCard(checkin) {
  const where = checkin.stop?.name || checkin.areas[checkin.areas.length - 1]?.name || "";
  const facts = [word("checkin", checkin.kind), where, shortly(checkin.happened_at)].filter(Boolean);
  return [
    el("p", {}, el("b", {}, checkin.person.name), ` ${checkin.unit.name}`),
    el("p", {}, badge(checkin.verdict)),
    el("p", {}, facts.join(" · ")),
    el("p", {}, dutyLink(checkin.trip)),
    ...[photoGlance(checkin), signalTags(checkin.signals)].flatMap((node) => (node ? [node] : [])),
  ];
}

/** @param {{id: number, title: string} | null} trip @returns {Node} the duty, as a way to its page */
function dutyLink(trip) {
  return trip ? el("a", { href: `/trips/${trip.id}` }, trip.title) : adHoc();
}
