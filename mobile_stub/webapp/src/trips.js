// @ts-check
/** One's own duties: the list of today, and one trip with its stops. */

/** @import {Level, Me, Stop, Trip} from "./wire.d.ts" */
/** @import {View, Way} from "./ways.js" */

import * as api from "./api.js";
import { levelOf } from "./consent.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { button, confirmed, empty, facts, notice, oldNotice, para, row, section, stateBadge, paged } from "./parts.js";
import { remembered } from "./remember.js";
import * as session from "./session.js";
import { clock, days, stamp, today, windowWords } from "./times.js";
import * as waiting from "./waiting.js";
import { again, go } from "./ways.js";
import { say } from "./words.js";

/** The duties one can check in to now. @param {Trip[]} trips */
export const underWay = (trips) => trips.filter((trip) => trip.state === "under_way");

/** The signed-in person. @returns {Promise<Me>} */
async function person() {
  const tokens = await session.current();
  if (!tokens) throw new api.SignedOut();
  return tokens.person;
}

/** One's own trips, as the server has them or as last read. */
export const mine = () => remembered("trips", () => api.trips());

/** One trip, as the server has it or as last read. @param {number} id */
export const one = (id) => remembered(`trip:${id}`, () => api.trip(id));

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

/** The duty under way, large. @param {Trip} trip @param {number} me */
function hero(trip, me) {
  return el("article", { class: "hero" },
    el("a", { class: "hero-link", href: `#/trip/${trip.id}` },
      stateBadge(trip.state), el("h2", {}, trip.title), el("p", {}, whereWhen(trip)), consentLine(trip, me)));
}

/** Any other trip, as a row. @param {Trip} trip */
function tripRow(trip) {
  return el("a", { class: "card trip", href: `#/trip/${trip.id}` },
    el("span", { class: "trip-words" }, el("strong", {}, trip.title), el("small", {}, whereWhen(trip))),
    stateBadge(trip.state));
}

/** The list in its order: under way, to be started, the rest. @param {Trip[]} trips @param {number} me */
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

/** The button at the thumb: into the duty under way, or a check-in of its own. @param {Trip[]} going */
function checkinButton(going) {
  const small = going.length === 1 ? going[0]?.title ?? "" : going.length ? say("duties.choose", { n: going.length }) : say("duties.adhoc_small");
  return button(going.length ? say("checkin.do") : say("checkin.adhoc"), () => go("#/checkin"), { weight: "main", icon: "pin", small });
}

/** The first page: today's duties. @returns {Promise<View>} */
export async function page() {
  const me = await person();
  const [{ value, since }, line] = await Promise.all([mine(), waiting.line()]);
  const body = [
    line, oldNotice(since === null ? null : clock(new Date(since).toISOString())),
    value.items.length ? paged(value, (cursor) => api.trips(cursor), (trips) => groups(trips, me.id))
      : empty(say("duties.none"), say("duties.none_text")),
  ];
  return { title: say("duties.title"), tab: "duties", body: body.filter((node) => node instanceof Node),
    dock: checkinButton(underWay(value.items)) };
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
    [say("trip.ended"), trip.ended_at && stamp(trip.ended_at)],
    [say("trip.returned"), trip.returned_because],
    [say("trip.cancelled"), trip.cancelled_because],
    [say("trip.outcome"), trip.outcome],
  ]);
}

/** Starts a trip, then asks for consent where none was given. @param {Trip} trip @param {number} me */
async function start(trip, me) {
  const early = trip.starts_on > today() ? say("trip.start_early") : "";
  if (!(await confirmed({ title: say("trip.start_title"), text: early + say("trip.start_text"), yes: say("trip.start") }))) return;
  const started = await api.startTrip(trip.id);
  if (started.tracking !== "none" && !levelOf(started, me)) go(`#/consent/${trip.id}`);
  else again();
}

/** The folded form that completes a trip. @param {Trip} trip */
function completing(trip) {
  const outcome = el("textarea", { name: "outcome", rows: 3, maxlength: 2000, "aria-label": say("trip.outcome"),
    placeholder: say("trip.outcome_hint") });
  return el("details", { class: "card fold" }, el("summary", {}, say("trip.complete")),
    para(say("trip.complete_text")), outcome,
    button(say("trip.complete_do"), async () => {
      await api.completeTrip(trip.id, outcome.value.trim());
      go("#/");
    }, { weight: "danger" }));
}

/** The main act on a trip in its state. @param {Trip} trip @param {number} me */
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
    oldNotice(since === null ? null : clock(new Date(since).toISOString())),
    el("div", { class: "heading" }, stateBadge(trip.state), el("h2", {}, trip.title)),
    trip.state === "under_way" && trip.tracking !== "none" && !levelOf(trip, me.id)
      && notice("note", say("consent.open_title"), para(say("consent.open_text"))),
    el("div", { class: "rows" },
      trip.members.some(({ id }) => id === me.id) && row("shield", say("consent.row"), `#/consent/${trip.id}`, trip.tracking === "none" ? say("consent.line_none")
        : say(levelOf(trip, me.id) ? `consent.line_${/** @type {Level} */ (levelOf(trip, me.id))}` : "consent.line_open")),
      row("log", say("trip.log"), `#/log?trip=${trip.id}`)),
    stops.length > 0 && section(say("trip.stops"), el("ol", { class: "stops" }, ...stops.map(stopItem))),
    section(say("trip.details"), details(trip)),
    trip.state === "under_way" && trip.may.includes("trip.complete") && completing(trip),
  ];
  return { title: say("trip.title"), back: "#/", tab: "duties", body: body.filter((node) => node instanceof Node), ...(dock ? { dock } : {}) };
}
