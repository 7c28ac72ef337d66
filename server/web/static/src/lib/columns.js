/**
 * The columns of the visit log: each with its head, its cell, and by which order it sorts.
 * @import {AreaRef, Checkin} from "../wire"
 */
import { t } from "./desk.js";
import { el } from "./dom.js";
import { photoTiles } from "./photos.js";
import { clock, shortly, span } from "./time.js";
import { badge, signalTags, windowMark } from "./verdict.js";
import { metLines } from "./visit.js";
import { adHoc, word } from "./words.js";

/**
 * @typedef {object} Column
 * @property {string} code as it stands in the address
 * @property {() => string} head
 * @property {(checkin: Checkin) => import("./dom.js").Child} cell
 * @property {string} [look] classes of its cells
 * @property {string} [sort] the order that its head asks for
 */

const NONE = () => el("span.faint", {}, "—");

/** @type {Column[]} in the order in which they stand */
export const COLUMNS = [
  { code: "time", head: () => t("时间"), look: ".nowrap", sort: "happened", cell: timeCell },
  { code: "received", head: () => t("收到"), look: ".nowrap", sort: "received", cell: receivedCell },
  { code: "person", head: () => t("人员"), look: ".nowrap", cell: personCell },
  { code: "unit", head: () => t("单位"), cell: (one) => one.unit.name },
  { code: "trip", head: () => t("行程 / 行程点"), look: ".clip", cell: tripCell },
  { code: "stop", head: () => t("行程点"), look: ".clip", cell: (one) => one.stop?.name || NONE() },
  { code: "areas", head: () => t("所在区域"), look: ".clip-short", cell: (one) => areaCell(one.areas) },
  { code: "verdict", head: () => t("判定"), cell: (one) => [badge(one.verdict), signalTags(one.signals)] },
  { code: "signals", head: () => t("疑点"), cell: (one) => signalTags(one.signals) || NONE() },
  { code: "window", head: () => t("计划时段"), look: ".nowrap", cell: (one) => windowMark(one, span) || NONE() },
  { code: "enterprise", head: () => t("见了谁"), look: ".clip", sort: "enterprise", cell: visitCell },
  { code: "contact", head: () => t("会见人"), cell: contactCell },
  { code: "outcome", head: () => t("成果"), look: ".clip", cell: (one) => one.met?.outcome || NONE() },
  { code: "note", head: () => t("说明"), look: ".clip", cell: (one) => [one.note, lastWord(one), photoTiles(one)] },
  { code: "review", head: () => t("复核"), look: ".clip", cell: (one) => lastWord(one) || NONE() },
];

/** What is shown to who has chosen nothing. */
export const USUAL = ["time", "person", "trip", "areas", "verdict", "window", "enterprise", "note"];

/** @param {string[]} codes @returns {Column[]} the columns of these codes, in their order; the usual ones for none */
export function columnsOf(codes) {
  const known = COLUMNS.filter((column) => codes.includes(column.code));
  return known.length ? known : COLUMNS.filter((column) => USUAL.includes(column.code));
}

/** @param {Checkin} checkin */
function timeCell(checkin) {
  return [clock(checkin.happened_at), el("span.under", {}, word("checkin", checkin.kind))];
}

/** @param {Checkin} checkin */
function receivedCell(checkin) {
  return shortly(checkin.received_at);
}

/** @param {Checkin} checkin */
function visitCell(checkin) {
  return metLines(checkin);
}

/** @param {Checkin} checkin */
function personCell(checkin) {
  return [el("b", {}, checkin.person.name), el("span.under", {}, checkin.unit.name)];
}

/** @param {Checkin} checkin */
function tripCell(checkin) {
  if (!checkin.trip) return adHoc();
  return [
    el("a", { href: `/trips/${checkin.trip.id}` }, checkin.trip.title),
    checkin.stop ? el("span.under", {}, checkin.stop.name) : null,
  ];
}

/** @param {AreaRef[]} areas the finest named in full, what lies around it beneath */
function areaCell(areas) {
  const inner = [...areas].reverse();
  const finest = inner[0];
  if (!finest) return NONE();
  const around = inner.slice(1).filter((area) => area.kind !== "county");
  return [finest.name, el("span.under", {}, around.map((area) => area.name).join(" · "))];
}

/** @param {Checkin} checkin */
function contactCell(checkin) {
  const met = checkin.met;
  if (!met?.contact) return NONE();
  return [met.contact, met.contact_post ? el("span.under", {}, met.contact_post) : null];
}

/** @param {Checkin} checkin */
function lastWord(checkin) {
  const last = checkin.reviews[checkin.reviews.length - 1];
  return last ? el("span.under", {}, [word("review", last.kind), last.by ? t("（{name}）", { name: last.by.name }) : "", last.note].join("")) : null;
}
