// @ts-check
/** One's own duties: as the server has them and as they are travelled, and the list of today. */

/** @import {Step} from "./queue.js" */
/** @import {Consent, Level, Me, Trip} from "./wire.d.ts" */
/** @import {View} from "./ways.js" */

import * as api from "./api.js";
import { liveLine, roomNotice } from "./deliveries.js";
import { el } from "./dom.js";
import * as households from "./households.js";
import { icon } from "./icons.js";
import * as log from "./log.js";
import { placeOf } from "./places.js";
import { button, empty, oldNotice, row, section, paged } from "./parts.js";
import * as patrols from "./patrols.js";
import * as queue from "./queue.js";
import { recalled, remembered } from "./remember.js";
import * as session from "./session.js";
import { today } from "./times.js";
import { go } from "./ways.js";
import { say } from "./words.js";

/** @typedef {Trip & {step?: Step}} Duty a trip, with the step that is still on its way to the server */

const KEPT_READY = 8;

/** The duties one can check in to now. @param {Duty[]} trips */
export const underWay = (trips) => trips.filter((trip) => trip.state === "under_way");

/** The signed-in person. @returns {Promise<Me>} */
export async function person() {
  const tokens = await session.current();
  if (!tokens) throw new api.SignedOut();
  return tokens.person;
}

/** A trip as it stands for its traveller: a step they took counts, whether the server has heard of it or not. @param {Trip} trip @param {Map<number, Step>} steps @returns {Duty} */
function withStep(trip, steps) {
  const step = steps.get(trip.id);
  if (step === "submit" && (trip.state === "draft" || trip.state === "returned")) return { ...trip, state: "submitted", step };
  if (step === "start" && trip.state === "approved") return { ...trip, state: "under_way", step };
  if (step === "complete" && (trip.state === "approved" || trip.state === "under_way")) return { ...trip, state: "completed", step };
  return trip;
}

/** A page of one's own trips with the steps on their way. @param {{items: Trip[], next: string | null}} found */
async function asTravelled({ items, next }) {
  const steps = await queue.steps();
  return { items: items.map((trip) => withStep(trip, steps)), next };
}

/** One's own trips, as the server has them or as last read. */
export async function mine() {
  const { value, since } = await remembered("trips", () => api.trips());
  return { value: await asTravelled(value), since };
}

/** One trip, as the server has it or as last read. @param {number} id @returns {Promise<{value: Duty, since: number | null}>} */
export async function one(id) {
  const { value, since } = await remembered(`trip:${id}`, () => api.trip(id));
  return { value: withStep(value, await queue.steps()), since };
}

/** @param {Duty} one @param {Duty} other */
const soonestFirst = (one, other) => one.starts_on.localeCompare(other.starts_on);

/** Reads the duties of these days ahead with their stops' boundaries, so that they open without a network. @param {Duty[]} trips */
async function keepReady(trips) {
  const ahead = trips.filter(({ state }) => state === "under_way" || state === "approved").sort(soonestFirst);
  for (const trip of ahead.slice(0, KEPT_READY)) {
    const old = await recalled(`trip:${trip.id}`);
    if (old?.revision === trip.revision && old.state === trip.state) continue;
    const { value } = await one(trip.id);
    await Promise.all([...(value.stops ?? []).map(placeOf), value.patrol_id && patrols.one(value.patrol_id)]);
  }
  await remembered("categories", api.categories);
}

/** The same in the background; without a network it is for another time. @param {Duty[]} trips */
async function keepReadyQuietly(trips) {
  try {
    await keepReady(trips);
  } catch (failure) {
    if (!(failure instanceof api.Lost || failure instanceof api.SignedOut || failure instanceof api.Refusal)) throw failure;
  }
}

/** The last consent this person gave on a trip, withdrawn or not. @param {Trip} trip @param {number} person @returns {Consent | null} */
export function latest(trip, person) {
  return trip.members.find((member) => member.id === person)?.consent ?? null;
}

/**
 * The level of positions this person agreed to on a trip; null when never asked, refused, or withdrawn.
 * @param {Trip} trip
 * @param {number} person
 * @returns {Level | null}
 */
export function levelOf(trip, person) {
  const given = latest(trip, person);
  return given && !given.withdrawn_at ? given.level : null;
}

/** How one's consent stands on a trip, as a small mark and words. @param {Trip} trip @param {number} me */
function consentLine(trip, me) {
  if (trip.tracking === "none") return el("span", { class: "small" }, icon("shield"), say("consent.line_none"));
  const level = levelOf(trip, me);
  return el("span", { class: `small ${level ? "" : "asking"}` }, icon("shield"),
    level ? say(`consent.line_${level}`) : say("consent.line_open"));
}

/** Destination and days of a trip, in a line; first that it is no ordinary one. @param {Duty} trip */
function whereWhen(trip) {
  return [trip.purpose !== "ordinary" && say(`purpose.${trip.purpose}`), trip.destination, patrols.when(trip)].filter(Boolean).join(" · ");
}

/** That a step of a duty is still on its way. @param {Duty} trip */
const stepLine = (trip) => trip.step && el("span", { class: "small asking" }, icon("clock"), say(`step.${trip.step}`));

/** The duty under way, large. @param {Duty} trip @param {number} me */
function hero(trip, me) {
  return el("article", { class: "hero" },
    el("a", { class: "hero-link", href: `#/trip/${trip.id}` },
      patrols.badge(trip), el("h2", {}, trip.title), el("p", {}, whereWhen(trip)), stepLine(trip) || consentLine(trip, me)));
}

/** Any other trip, as a row. @param {Duty} trip */
function tripRow(trip) {
  return el("a", { class: "card trip", href: `#/trip/${trip.id}` },
    el("span", { class: "trip-words" }, el("strong", {}, trip.title), el("small", {}, whereWhen(trip)), stepLine(trip)),
    patrols.badge(trip));
}

/** The list in its order: under way, to be started, the rest. @param {Duty[]} trips @param {number} me */
function groups(trips, me) {
  const going = underWay(trips);
  const approved = trips.filter((trip) => trip.state === "approved").sort(soonestFirst);
  const later = approved.filter((trip) => trip.patrol_id && trip.starts_on > today());
  const ready = approved.filter((trip) => !later.includes(trip));
  const rest = trips.filter((trip) => !going.includes(trip) && !approved.includes(trip));
  return [
    ...going.map((trip) => hero(trip, me)),
    ready.length > 0 && section(say("duties.ready"), ...ready.map(tripRow)),
    later.length > 0 && el("details", { class: "card fold" }, el("summary", {}, say("patrol.later", { n: later.length })), ...later.map(tripRow)),
    rest.length > 0 && section(say("duties.rest"), ...rest.map(tripRow)),
  ].filter((node) => node instanceof Node);
}

/** The button at the thumb: into the duty under way, or a check-in of its own. @param {Duty[]} going */
function checkinButton(going) {
  const small = going.length === 1 ? going[0]?.title ?? "" : going.length ? say("duties.choose", { n: going.length }) : say("duties.adhoc_small");
  return button(going.length ? say("checkin.do") : say("checkin.adhoc"), () => go("#/checkin"), { weight: "main", icon: "pin", small });
}

/** The first page: today's duties. @returns {Promise<View>} */
export async function page() {
  const me = await person();
  const [{ value, since }, line, room, asked, free, toHouseholds] =
    await Promise.all([mine(), liveLine(), roomNotice(), log.toHere(), patrols.free(), households.toHere(me)]);
  if (since === null) keepReadyQuietly(value.items);
  const body = [
    line.node, room, oldNotice(since), asked, free,
    value.items.length ? paged(value, async (cursor) => asTravelled(await api.trips(cursor)), (trips) => groups(trips, me.id))
      : empty(say("duties.none"), say("duties.none_text")),
    el("div", { class: "rows" }, toHouseholds,
      row("plus", say("plan.new"), "#/plan", say("plan.new_text")),
      row("edit", say("report.row"), "#/report", say("report.row_text")),
      underWay(value.items).length > 0 && row("pin", say("checkin.adhoc"), "#/checkin?trip=none", say("duties.adhoc_small"))),
  ];
  return { title: say("duties.title"), tab: "duties", body: body.filter((node) => node instanceof Node),
    dock: checkinButton(underWay(value.items)), leave: line.leave };
}
