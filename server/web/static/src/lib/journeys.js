/**
 * Trips in the columns that offices report them in: where, from when to when, days away, whom was met, what came of it.
 * @import {Met, TripRow} from "../wire"
 */
import { address } from "./api.js";
import { t } from "./desk.js";
import { el } from "./dom.js";
import { table } from "./list.js";
import { fully } from "./time.js";

/**
 * @param {TripRow[]} trips in the order they came in
 * @param {boolean} whose whether to name the unit and all who were on it
 * @returns {HTMLElement}
 */
export function journeys(trips, whose) {
  const heads = [
    whose ? t("人员 / 职务") : t("行程"),
    t("单位"),
    t("目的地"),
    t("起止时间"),
    t("在外天数"),
    t("产业链"),
    t("走访企业及联系人"),
    t("洽谈成果"),
    t("下一步打算"),
  ];
  return table(heads, trips.map((trip) => rows(trip, whose)).flat(), t("行程"));
}

/** @param {TripRow} trip @param {boolean} whose @returns {HTMLTableRowElement[]} */
function rows(trip, whose) {
  const met = trip.visits.map(metCells);
  if (trip.outcome || !met.length) met.push([td(met.length ? t("（行程小结）") : ""), td(trip.outcome), td("")]);
  const shared = [
    whose ? peopleCell(trip) : titleCell(trip),
    td(trip.unit),
    td(trip.destination),
    el("td.nowrap", {}, fully(trip.started_at), el("span.under", {}, endWords(trip))),
    el("td.number", {}, t("{n} 天", { n: trip.days_away })),
    td(trip.chain),
  ];
  for (const cell of shared) cell.rowSpan = met.length;
  return met.map((cells, n) => el(n === 0 ? "tr" : "tr.goes-on", {}, n === 0 ? shared : null, cells));
}

/** @param {string} words */
const td = (words) => el("td.clip", {}, words || el("span.faint", {}, "—"));

/** @param {TripRow} trip */
function titleCell(trip) {
  const others = trip.members.map((member) => member.name).join(t("、"));
  /** @param {string} ending @param {string} kind */
  const file = (ending, kind) => el("a", { href: address(`/trips/${trip.id}/log.${ending}`), download: true }, kind);
  return el(
    "td.clip",
    {},
    el("a", { href: `/trips/${trip.id}` }, trip.title),
    el("span.under", {}, others),
    el("span.under", {}, t("行程日志"), " ", file("docx", "Word"), " ", file("xlsx", "Excel")),
  );
}

/** @param {TripRow} trip */
function peopleCell(trip) {
  const people = trip.members.map((one) => el("div", {}, one.name, " ", el("span.faint.small", {}, one.post)));
  return el("td.clip", {}, people, el("a.under", { href: `/trips/${trip.id}` }, trip.title));
}

/** @param {TripRow} trip */
function endWords(trip) {
  if (!trip.ended_at) return t("至今，进行中");
  return trip.lapsed ? t("至 {at}（系统结束）", { at: fully(trip.ended_at) }) : t("至 {at}", { at: fully(trip.ended_at) });
}

/**
 * Whom was met, what came of it and what is next, a cell each.
 * @param {Met} met
 * @returns {HTMLTableCellElement[]}
 */
export function metCells(met) {
  const who = [met.contact, met.contact_post].filter(Boolean).join(" ");
  const amount = met.amount ? t("意向金额 {amount} {unit}", { amount: met.amount, unit: met.amount_unit }) : "";
  return [
    el("td.clip", {}, met.enterprise, who ? el("span.under", {}, who) : null),
    el("td.clip", {}, met.outcome, amount ? el("span.under", {}, amount) : null),
    el("td.clip", {}, met.next_step, met.next_on ? el("span.under", {}, met.next_on) : null),
  ];
}
