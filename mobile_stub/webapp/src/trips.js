// @ts-check
/** One's own duties: the list of today, and one trip with its stops. */

/** @import {Level, Me, Stop, Trip} from "./wire.d.ts" */
/** @import {View, Way} from "./ways.js" */

import * as api from "./api.js";
import { levelOf } from "./consent.js";
import { liveLine, onArrival, roomNotice } from "./deliveries.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { placeOf } from "./places.js";
import { button, confirmed, empty, facts, notice, oldNotice, para, row, section, stateBadge, paged } from "./parts.js";
import * as queue from "./queue.js";
import { recalled, remembered } from "./remember.js";
import { deliver } from "./sender.js";
import * as session from "./session.js";
import { days, stamp, today, windowWords } from "./times.js";
import { again, go } from "./ways.js";
import { say } from "./words.js";

/** @typedef {Trip & {step?: "start" | "complete"}} Duty a trip, with the step that is still on its way to the server */

const PATIENCE_MS = 8_000;
const KEPT_READY = 8;

/** The duties one can check in to now. @param {Duty[]} trips */
export const underWay = (trips) => trips.filter((trip) => trip.state === "under_way");

/** The signed-in person. @returns {Promise<Me>} */
async function person() {
  const tokens = await session.current();
  if (!tokens) throw new api.SignedOut();
  return tokens.person;
}

/** A trip as it stands for its traveller: a step they took counts, whether the server has heard of it or not. @param {Trip} trip @param {Map<number, "start" | "complete">} steps @returns {Duty} */
function withStep(trip, steps) {
  const step = steps.get(trip.id);
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

/** Reads the duties of these days ahead with their stops' boundaries, so that they open without a network. @param {Duty[]} trips */
async function keepReady(trips) {
  for (const trip of trips.filter(({ state }) => state === "under_way" || state === "approved").slice(0, KEPT_READY)) {
    const old = await recalled(`trip:${trip.id}`);
    if (old?.revision === trip.revision && old.state === trip.state) continue;
    const { value } = await one(trip.id);
    await Promise.all((value.stops ?? []).map(placeOf));
  }
}

/** The same in the background; without a network it is for another time. @param {Duty[]} trips */
async function keepReadyQuietly(trips) {
  try {
    await keepReady(trips);
  } catch (failure) {
    if (!(failure instanceof api.Lost || failure instanceof api.SignedOut || failure instanceof api.Refusal)) throw failure;
  }
}

/** How one's consent stands on a trip, as a small mark and words. @param {Trip} trip @param {number} me */
function consentLine(trip, me) {
  if (trip.tracking === "none") return el("span", { class: "small" }, icon("shield"), say("consent.line_none"));
  const level = levelOf(trip, me);
  return el("span", { class: `small ${level ? "" : "asking"}` }, icon("shield"),
    level ? say(`consent.line_${level}`) : say("consent.line_open"));
}

/** Destination and days of a trip, in a line. @param {Trip} trip */
function whereWhen(trip) {
  return [trip.destination, days(trip.starts_on, trip.ends_on)].filter(Boolean).join(" · ");
}

/** That a step of a duty is still on its way. @param {Duty} trip */
const stepLine = (trip) => trip.step && el("span", { class: "small asking" }, icon("clock"), say(`step.${trip.step}`));

/** The duty under way, large. @param {Duty} trip @param {number} me */
function hero(trip, me) {
  return el("article", { class: "hero" },
    el("a", { class: "hero-link", href: `#/trip/${trip.id}` },
      stateBadge(trip.state), el("h2", {}, trip.title), el("p", {}, whereWhen(trip)), stepLine(trip) || consentLine(trip, me)));
}

/** Any other trip, as a row. @param {Duty} trip */
function tripRow(trip) {
  return el("a", { class: "card trip", href: `#/trip/${trip.id}` },
    el("span", { class: "trip-words" }, el("strong", {}, trip.title), el("small", {}, whereWhen(trip)), stepLine(trip)),
    stateBadge(trip.state));
}

/** The list in its order: under way, to be started, the rest. @param {Duty[]} trips @param {number} me */
function groups(trips, me) {
  const going = underWay(trips);
  const ready = trips.filter((trip) => trip.state === "approved").sort((a, b) => a.starts_on.localeCompare(b.starts_on));
  const rest = trips.filter((trip) => !going.includes(trip) && !ready.includes(trip));
  return [
    ...going.map((trip) => hero(trip, me)),
    ready.length > 0 && section(say("duties.ready"), ...ready.map(tripRow)),
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
  const [{ value, since }, line, room] = await Promise.all([mine(), liveLine(), roomNotice()]);
  if (since === null) keepReadyQuietly(value.items);
  const body = [
    line.node, room, oldNotice(since),
    value.items.length ? paged(value, async (cursor) => asTravelled(await api.trips(cursor)), (trips) => groups(trips, me.id))
      : empty(say("duties.none"), say("duties.none_text")),
    el("div", { class: "rows" }, underWay(value.items).length > 0 && row("pin", say("checkin.adhoc"), "#/checkin?trip=none", say("duties.adhoc_small"))),
  ];
  return { title: say("duties.title"), tab: "duties", body: body.filter((node) => node instanceof Node),
    dock: checkinButton(underWay(value.items)), leave: line.leave };
}

/** One stop of the line of stops. @param {Stop} stop */
function stopItem(stop) {
  return el("li", {}, el("strong", {}, stop.name),
    el("small", {}, [windowWords(stop.planned_from, stop.planned_to), stop.host_enterprise !== stop.name && stop.host_enterprise].filter(Boolean).join(" · ")));
}

/** The names on a trip, who leads first. @param {Trip} trip */
function team(trip) {
  return [...trip.members].sort((a, b) => Number(b.leading) - Number(a.leading))
    .map((member) => (member.leading ? say("trip.leads", { name: member.name }) : member.name)).join(say("comma"));
}

/** What a trip is for, and on what basis when it may ask for more than an ordinary one. @param {Trip} trip */
function details(trip) {
  return facts([
    [say("trip.when"), days(trip.starts_on, trip.ends_on)],
    [say("trip.where"), trip.destination],
    [say("trip.aim"), trip.aim],
    [say("trip.chain"), trip.chain],
    [say("trip.team"), team(trip)],
    [say("trip.purpose"), say(`purpose.${trip.purpose}`)],
    [say("trip.basis"), trip.basis],
    [say("trip.tracking"), say(`tracking.${trip.tracking}`)],
    [say("trip.started"), trip.started_at && stamp(trip.started_at)],
    [say("trip.known"), trip.tracking !== "none" && trip.start_known_at && stamp(trip.start_known_at)],
    [say("trip.ended"), trip.ended_at && stamp(trip.ended_at)],
    [say("trip.returned"), trip.returned_because],
    [say("trip.cancelled"), trip.cancelled_because],
    [say("trip.outcome"), trip.outcome],
  ]);
}

/**
 * Takes a step now: it is queued with its time, and told to the server as soon as that can be reached.
 * @param {"start" | "complete"} kind
 * @param {Duty} trip
 * @param {string} [outcome]
 * @returns {Promise<boolean>} whether the server has heard of it; where it refused, the page with its reason is shown
 */
async function take(kind, trip, outcome) {
  const number = await queue.addStep(kind, trip, outcome);
  const item = await deliver(number, PATIENCE_MS);
  if (item && (item.state === "refused" || item.state === "conflict")) go("#/deliveries");
  return item?.state === "kept";
}

/** Starts a trip, then asks for consent where none was given. @param {Duty} trip @param {number} me */
async function start(trip, me) {
  const early = trip.starts_on > today() ? say("trip.start_early") : "";
  if (!(await confirmed({ title: say("trip.start_title"), text: early + say("trip.start_text"), yes: say("trip.start") }))) return;
  const known = await take("start", trip);
  if (location.hash.startsWith("#/deliveries")) return;
  if (known && trip.tracking !== "none" && !levelOf(trip, me)) go(`#/consent/${trip.id}`);
  else again();
}

/** The folded form that completes a trip. @param {Duty} trip */
function completing(trip) {
  const outcome = el("textarea", { name: "outcome", rows: 3, maxlength: 2000, "aria-label": say("trip.outcome"),
    placeholder: say("trip.outcome_hint") });
  return el("details", { class: "card fold" }, el("summary", {}, say("trip.complete")),
    para(say("trip.complete_text")), outcome,
    button(say("trip.complete_do"), async () => {
      await take("complete", trip, outcome.value.trim());
      if (!location.hash.startsWith("#/deliveries")) go("#/");
    }, { weight: "danger" }));
}

/** What a step on its way means, in words. @param {Duty} trip */
const stepNotice = (trip) => trip.step && notice("warn", say(`step.${trip.step}`), para(say(`step.${trip.step}_text`)),
  el("a", { class: "button quiet", href: "#/deliveries" }, say("delivery.look")));

/** The main act on a trip in its state. @param {Duty} trip @param {number} me */
function act(trip, me) {
  if (trip.state === "under_way") {
    return button(say("checkin.do"), () => go(`#/checkin?trip=${trip.id}`), { weight: "main", icon: "pin" });
  }
  if (trip.state === "approved" && trip.may.includes("trip.start")) {
    return button(say("trip.start"), () => start(trip, me), { weight: "main" });
  }
  return null;
}

/** The page of one trip. @param {Way} way @returns {Promise<View>} */
export async function onePage(way) {
  const me = await person();
  const { value: trip, since } = await one(Number(way.id));
  const stops = trip.stops ?? [];
  const dock = act(trip, me.id);
  const body = [
    oldNotice(since),
    el("div", { class: "heading" }, stateBadge(trip.state), el("h2", {}, trip.title)),
    stepNotice(trip),
    trip.state === "under_way" && !trip.step && trip.tracking !== "none" && !levelOf(trip, me.id)
      && notice("note", say("consent.open_title"), para(say("consent.open_text"))),
    el("div", { class: "rows" },
      trip.members.some(({ id }) => id === me.id) && row("shield", say("consent.row"), `#/consent/${trip.id}`, trip.tracking === "none" ? say("consent.line_none")
        : say(levelOf(trip, me.id) ? `consent.line_${/** @type {Level} */ (levelOf(trip, me.id))}` : "consent.line_open")),
      row("log", say("trip.log"), `#/log?trip=${trip.id}`)),
    stops.length > 0 && section(say("trip.stops"), el("ol", { class: "stops" }, ...stops.map(stopItem))),
    section(say("trip.details"), details(trip)),
    trip.state === "under_way" && (trip.step === "start" || trip.may.includes("trip.complete")) && completing(trip),
  ];
  return { title: say("trip.title"), back: "#/", tab: "duties", body: body.filter((node) => node instanceof Node),
    ...(dock ? { dock } : {}), leave: onArrival(trip.id) };
}
