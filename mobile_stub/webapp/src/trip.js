// @ts-check
/** One duty: its stops, its consent, its steps, its track. */

/** @import {Step} from "./queue.js" */
/** @import {Stop} from "./wire.d.ts" */
/** @import {Duty} from "./trips.js" */
/** @import {View, Way} from "./ways.js" */

import * as api from "./api.js";
import { arrivals } from "./arrivals.js";
import { onArrival } from "./deliveries.js";
import { el } from "./dom.js";
import { button, confirmed, facts, form, notice, oldNotice, para, row, section } from "./parts.js";
import * as patrols from "./patrols.js";
import * as queue from "./queue.js";
import { deliver } from "./sender.js";
import { stamp, today, windowWords } from "./times.js";
import * as track from "./track.js";
import * as tracker from "./tracker.js";
import { levelOf, one, person } from "./trips.js";
import { again, go } from "./ways.js";
import { say } from "./words.js";

const PATIENCE_MS = 8_000;

/** One stop of the line of stops. @param {Stop} stop */
function stopItem(stop) {
  return el("li", {}, el("strong", {}, stop.name),
    el("small", {}, [windowWords(stop.planned_from, stop.planned_to), stop.host_enterprise !== stop.name && stop.host_enterprise].filter(Boolean).join(" · ")));
}

/** The names on a trip, who leads first. @param {Duty} trip */
function team(trip) {
  return [...trip.members].sort((a, b) => Number(b.leading) - Number(a.leading))
    .map((member) => (member.leading ? say("trip.leads", { name: member.name }) : member.name)).join(say("comma"));
}

/** What a trip is for, and on what basis when it may ask for more than an ordinary one. @param {Duty} trip */
function details(trip) {
  return facts([
    [say("trip.when"), patrols.when(trip)],
    [say("trip.where"), trip.destination],
    [say("trip.aim"), trip.aim],
    [say("trip.chain"), trip.chain],
    [say("trip.team"), team(trip)],
    [say("trip.purpose"), say(`purpose.${trip.purpose}`)],
    [say("trip.basis"), trip.basis],
    [say("trip.tracking"), say(`tracking.${trip.tracking}`)],
    [say("photo.title_plain"), trip.photos_required && say("trip.photos")],
    [say("trip.started"), trip.started_at && stamp(trip.started_at)],
    [say("trip.known"), trip.tracking !== "none" && trip.start_known_at && stamp(trip.start_known_at)],
    [say("trip.ended"), trip.ended_at && stamp(trip.ended_at)],
    [say("trip.returned"), trip.returned_because],
    [say("trip.cancelled"), trip.cancelled_because],
    [say("trip.outcome"), trip.outcome],
  ]);
}

/** That nobody had ended it, so that the system did. @param {Duty} trip */
function lapsed(trip) {
  return trip.lapsed_at && trip.ended_at && notice("note", say("trip.lapsed", { at: stamp(trip.ended_at) }),
    para(say("trip.lapsed_text", { n: trip.overran_h ?? 0 })));
}

/**
 * Takes a step now: it is queued with its time, and told to the server as soon as that can be reached.
 * @param {Step} kind
 * @param {Duty} trip
 * @param {string} [outcome]
 * @returns {Promise<boolean>} whether the server has heard of it; where it refused, the page with its reason is shown
 */
async function take(kind, trip, outcome) {
  if (kind === "complete" && tracker.state().task?.trip_id === trip.id) await tracker.end();
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

/** Hands the plan to those who approve it. @param {Duty} trip */
async function submit(trip) {
  await take("submit", trip);
  if (!location.hash.startsWith("#/deliveries")) again();
}

/** The folded form that calls a duty off. @param {Duty} trip */
function cancelling(trip) {
  const reason = el("textarea", { name: "reason", rows: 2, maxlength: 500, minlength: 2, required: true });
  return el("details", { class: "card fold" }, el("summary", {}, say("plan.cancel")), form(async () => {
    await api.cancelTrip(trip.id, reason.value.trim());
    again();
  }, say("plan.cancel_do"), el("label", { class: "field" }, el("span", { class: "label" }, say("plan.cancel_reason")), reason)));
}

/** The main act on a trip in its state. @param {Duty} trip @param {number} me */
function act(trip, me) {
  if (trip.step === "submit") return null;
  if (trip.state === "under_way") {
    return button(say("checkin.do"), () => go(`#/checkin?trip=${trip.id}`), { weight: "main", icon: "pin" });
  }
  if (trip.state === "approved" && trip.may.includes("trip.start")) {
    return button(say(trip.patrol_id ? "patrol.start" : "trip.start"), () => start(trip, me), { weight: "main" });
  }
  return trip.may.includes("trip.submit") ? button(say("plan.submit"), () => submit(trip), { weight: "main", icon: "check" }) : null;
}

/** What was said when the plan was returned. @param {Duty} trip */
const returnNotice = (trip) => trip.state === "returned" && notice("warn", say("state.returned"), trip.returned_because && para(trip.returned_because));

/** Where one's consent to positions stands, as a row. @param {Duty} trip @param {number} me */
function consentRow(trip, me) {
  const level = levelOf(trip, me);
  const words = trip.tracking === "none" ? "consent.line_none" : level ? /** @type {const} */ (`consent.line_${level}`) : "consent.line_open";
  return trip.members.some(({ id }) => id === me) && row("shield", say("consent.row"), `#/consent/${trip.id}`, say(words));
}

/** What leads on from a duty. @param {Duty} trip @param {number} me */
function rows(trip, me) {
  return el("div", { class: "rows" }, consentRow(trip, me), row("log", say("trip.log"), `#/log?trip=${trip.id}`), trip.patrol_id && patrols.finding(trip),
    trip.may.includes("trip.edit") && trip.state !== "under_way" && !trip.step && row("edit", say("plan.edit"), `#/plan/${trip.id}`));
}

/** The page of one trip. @param {Way} way @returns {Promise<View>} */
export async function page(way) {
  const me = await person();
  const { value: trip, since } = await one(Number(way.id));
  const stops = trip.stops ?? [];
  const dock = act(trip, me.id);
  const recording = tracker.allowed(trip, me.id) ? track.panel(trip) : null;
  const arrival = onArrival(trip.id);
  const body = [
    oldNotice(since),
    el("div", { class: "heading" }, patrols.badge(trip), el("h2", {}, trip.title)),
    stepNotice(trip), returnNotice(trip), lapsed(trip), trip.state === "under_way" && !trip.step && arrivals(trip),
    trip.state === "under_way" && !trip.step && trip.tracking !== "none" && !levelOf(trip, me.id)
      && notice("note", say("consent.open_title"), para(say("consent.open_text"))),
    rows(trip, me.id), recording?.node,
    trip.patrol_id ? await patrols.checkpoints(trip)
      : stops.length > 0 && section(say("trip.stops"), el("ol", { class: "stops" }, ...stops.map(stopItem))),
    section(say("trip.details"), details(trip)),
    trip.state === "under_way" && (trip.step === "start" || trip.may.includes("trip.complete")) && completing(trip),
    trip.state !== "under_way" && trip.may.includes("trip.cancel") && cancelling(trip),
  ];
  return { title: say(trip.patrol_id ? "patrol.title" : "trip.title"), back: "#/", tab: "duties", body: body.filter((node) => node instanceof Node),
    ...(dock ? { dock } : {}), leave: () => {
      arrival();
      recording?.leave();
    } };
}
