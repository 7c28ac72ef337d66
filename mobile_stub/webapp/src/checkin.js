// @ts-check
/** Checking in: the position getting better on a small map, the kind, the stop, whom we met, and off it goes. */

/** @import {Degrees} from "./ground.js" */
/** @import {Draft} from "./drafts.js" */
/** @import {Fix, Trouble} from "./position.js" */
/** @import {Kind, Level, Stop, Trip} from "./wire.d.ts" */
/** @import {View, Way} from "./ways.js" */

import * as api from "./api.js";
import { levelOf } from "./consent.js";
import { deliver } from "./deliver.js";
import { el, refill } from "./dom.js";
import * as drafts from "./drafts.js";
import { edge, metres, stopRings } from "./ground.js";
import { troubleNotice } from "./help.js";
import { minimap } from "./minimap.js";
import { button, chips, confirmed, field, notice, oldNotice, para, select } from "./parts.js";
import { STALE_MS, VAGUE_M, watch } from "./position.js";
import { remembered } from "./remember.js";
import * as session from "./session.js";
import { clock, span } from "./times.js";
import * as trips from "./trips.js";
import * as unsent from "./unsent.js";
import { instead } from "./ways.js";
import { visitFields } from "./visit.js";
import { say } from "./words.js";

/** @typedef {{stop: Stop, rings: Degrees[][]}} Place */
/** @typedef {"allowed" | "none" | "unconsented" | "unticked"} Leave what may be done with positions here */

const TICK_MS = 5_000;
const KINDS = /** @type {Kind[]} */ (["arrive", "visit", "leave", "patrol", "note"]);

/**
 * Whether a position may be used, and if not, why.
 * @param {Trip | null} trip null outside any duty
 * @param {Draft} draft
 * @param {Level | null} level the person's consent on that trip
 * @returns {Leave}
 */
function leaveFor(trip, draft, level) {
  if (!trip) return draft.consent ? "allowed" : "unticked";
  if (trip.tracking === "none") return "none";
  return level ? "allowed" : "unconsented";
}

/** A stop with its boundary; a boundary that cannot be had leaves the stop off the map. @param {Stop} stop @returns {Promise<Place>} */
async function placeOf(stop) {
  if (stop.area_id === null) return { stop, rings: stopRings(stop, null) };
  const id = stop.area_id;
  try {
    const { value } = await remembered(`area:${id}`, () => api.area(id));
    return { stop, rings: stopRings(stop, value) };
  } catch (failure) {
    if (failure instanceof api.SignedOut) throw failure;
    return { stop, rings: [] };
  }
}

/** The stop whose edge is nearest; inside counts as nearest of all. @param {Place[]} places @param {Degrees} at */
function nearest(places, at) {
  const far = places.map(({ stop, rings }) => ({ stop, away: -(edge(at, rings) ?? -Infinity) }));
  return far.sort((one, other) => one.away - other.away)[0]?.stop ?? null;
}

/** The stop whose planned time is nearest to now, for want of a position. @param {Stop[]} stops */
function soonest(stops) {
  const away = (/** @type {Stop} */ stop) => Math.abs(Date.parse(stop.planned_from ?? stop.planned_to ?? "") - Date.now());
  const timed = stops.filter((stop) => Number.isFinite(away(stop)));
  return timed.sort((one, other) => away(one) - away(other))[0] ?? stops[0] ?? null;
}

/** A fresh draft for a duty. @param {Trip | null} trip @param {boolean} patrols whether this person walks a grid @returns {Draft} */
function blank(trip, patrols) {
  return { trip_id: trip?.id ?? null, stop_id: null, stop_picked: false, note: "", consent: false,
    kind: patrols ? "patrol" : trip ? "arrive" : "visit", visit: drafts.noVisit() };
}

/** Why there is no position here, and what to do. @param {Leave} leave @param {Trip | null} trip */
function leaveNotice(leave, trip) {
  if (leave === "none") return notice("note", say("place.none"), para(say("place.none_text")));
  if (leave === "unticked") return notice("note", say("place.unticked"), para(say("place.unticked_text")));
  return notice("note", say("place.unconsented"), para(say("place.unconsented_text")),
    el("a", { class: "button quiet", href: `#/consent/${trip?.id}` }, say("consent.row")));
}

/** How good the position is, in words. @param {Fix} fix */
function quality(fix) {
  const age = Date.now() - fix.at;
  if (age > STALE_MS) return say("fix.stale", { age: span(age / 1000) });
  if (fix.accuracy_m === null) return say("fix.unknown");
  if (fix.accuracy_m > VAGUE_M) return say("fix.vague");
  return say(fix.accuracy_m > 40 ? "fix.fair" : "fix.good");
}

/** About how far it is to the stop's edge; the server's verdict is what counts. @param {Fix} fix @param {Place | null} place */
function distance(fix, place) {
  const away = place ? edge(fix, place.rings) : null;
  if (away === null) return "";
  return say(away >= 0 ? "fix.inside" : "fix.outside", { away: metres(Math.abs(away)) });
}

/**
 * The top of the page: the map with the accuracy in metres, or why there is none.
 * @param {Leave} leave
 * @param {Trip | null} trip
 */
function stage(leave, trip) {
  const map = minimap();
  const figure = el("strong", { class: "figure" }, "–");
  const state = el("p", { class: "quality", "aria-live": "polite" }, say("fix.waiting"));
  const away = el("p", { class: "away" });
  const trouble = el("div", {});
  const node = el("section", { class: "stage", "aria-label": say("fix.title") });
  if (leave === "allowed") {
    refill(node, map.node, el("div", { class: "measure" },
      el("div", {}, el("span", { class: "label" }, say("fix.accuracy")), figure), el("div", {}, state, away)), trouble);
  } else refill(node, leaveNotice(leave, trip));
  return {
    node,
    /** @param {Fix | null} fix @param {Place | null} place @param {Trouble | null} why */
    show(fix, place, why) {
      const target = place && { rings: place.rings, name: place.stop.name, tolerance_m: place.stop.tolerance_m ?? 0 };
      map.draw(target, fix);
      map.node.classList.toggle("waiting", !fix && !why);
      figure.textContent = fix?.accuracy_m ? metres(fix.accuracy_m) : "–";
      const words = fix ? quality(fix) : say(why ? "fix.blocked" : "fix.waiting");
      if (state.textContent !== words) state.textContent = words;
      away.textContent = fix ? distance(fix, place) : "";
      refill(trouble, !fix && why && troubleNotice(why));
    },
  };
}

/** The choice of duty, when there is one to make. @param {Trip[]} going @param {Trip | null} trip */
function dutyChoice(going, trip) {
  const options = /** @type {[string, string][]} */ (going.map((one) => [String(one.id), one.title]));
  const node = select("duty", [...options, ["none", say("checkin.no_duty")]], String(trip?.id ?? "none"));
  node.addEventListener("change", () => instead(`#/checkin?trip=${node.value}`));
  return going.length ? field(say("checkin.duty"), node) : null;
}

/** The tick that allows one position outside any duty. @param {Draft} draft @param {() => void} onchange */
function consentTick(draft, onchange) {
  const tick = el("input", { type: "checkbox", name: "consent", checked: draft.consent });
  tick.addEventListener("change", () => {
    draft.consent = tick.checked;
    onchange();
  });
  return el("label", { class: "tick card" }, tick,
    el("span", {}, el("strong", {}, say("adhoc.consent")), el("small", {}, say("adhoc.consent_text"))));
}

/** The duty asked for in the address, or else the first one under way. @param {Way} way @param {Trip[]} going */
function dutyOf(way, going) {
  const asked = way.params.get("trip");
  if (asked === "none") return null;
  return going.find((trip) => String(trip.id) === asked) ?? going[0] ?? null;
}

/** What is needed before the page can be drawn. @param {Way} way */
async function gather(way) {
  const tokens = await session.current();
  if (!tokens) throw new api.SignedOut();
  const list = await trips.mine();
  const going = trips.underWay(list.value.items);
  const duty = dutyOf(way, going);
  const trip = duty ? (await trips.one(duty.id)).value : null;
  const draft = (await drafts.get(trip?.id ?? null))
    ?? blank(trip, tokens.person.roles.some(({ role }) => role === "grid_member"));
  return { person: tokens.person, since: list.since, going, trip, draft };
}

/** Warns before a check-in goes without a position though one may be used. */
function withoutPosition() {
  return confirmed({ title: say("send.none_title"), text: say("send.none_text"), yes: say("send.none") });
}

/**
 * Sends what was written; what does not arrive waits on the phone under the same id.
 * @param {Draft} draft
 * @param {Fix | null} fix
 */
async function send(draft, fix) {
  const item = drafts.build(draft, fix, Date.now());
  await unsent.put(item, null);
  await drafts.drop(draft);
  const delivery = await deliver(item);
  if (delivery.state === "kept") instead(`#/record/${item.id}?new=1`);
  else instead("#/unsent");
}

/**
 * The check-in page.
 * @param {Way} way
 * @returns {Promise<View>}
 */
export async function page(way) {
  const { person, since, going, trip, draft } = await gather(way);
  const places = await Promise.all((trip?.stops ?? []).map(placeOf));
  const leave = leaveFor(trip, draft, trip && levelOf(trip, person.id));
  if (draft.stop_id === null && !draft.stop_picked) draft.stop_id = soonest(trip?.stops ?? [])?.id ?? null;

  /** @type {Fix | null} */
  let fix = null;
  /** @type {Trouble | null} */
  let trouble = null;
  const top = stage(leave, trip);
  const stops = select("stop", [...places.map(({ stop }) => /** @type {[string, string]} */ ([String(stop.id), stop.name])),
    ["", say("checkin.no_stop")]], String(draft.stop_id ?? ""));
  const small = el("small", {});

  const keep = () => drafts.put(draft);
  const show = () => {
    top.show(fix, places.find(({ stop }) => stop.id === draft.stop_id) ?? null, trouble);
    small.textContent = leave !== "allowed" ? say("send.small_none")
      : !fix ? say("send.small_waiting") : say("send.small", { accuracy: fix.accuracy_m ? metres(fix.accuracy_m) : "–" });
  };
  stops.addEventListener("change", () => {
    draft.stop_id = stops.value ? Number(stops.value) : null;
    draft.stop_picked = true;
    show();
    return keep();
  });
  const onfix = (/** @type {Fix} */ found) => {
    fix = found;
    if (!draft.stop_picked && places.length) {
      draft.stop_id = nearest(places, found)?.id ?? draft.stop_id;
      stops.value = String(draft.stop_id ?? "");
    }
    show();
  };
  const stop = leave === "allowed" ? watch(onfix, (why) => {
    trouble = why;
    show();
  }) : () => {};
  const timer = setInterval(show, TICK_MS);

  const note = el("textarea", { name: "note", rows: 2, maxlength: 2000, placeholder: say("checkin.note_hint") }, draft.note);
  note.addEventListener("input", () => {
    draft.note = note.value;
    return keep();
  });
  const kinds = /** @type {[string, string][]} */ (KINDS.map((kind) => [kind, say(`kind.${kind}`)]));
  const dock = button(say("send.do"), async () => {
    if (leave === "allowed" && !fix && !(await withoutPosition())) return;
    await send(draft, leave === "allowed" ? fix : null);
  }, { weight: "main", icon: "check" });
  dock.querySelector("span")?.append(small);
  show();

  const body = [
    oldNotice(since === null ? null : clock(new Date(since).toISOString())),
    dutyChoice(going, trip),
    !trip && consentTick(draft, async () => {
      await keep();
      instead("#/checkin?trip=none");
    }),
    top.node,
    chips("kind", say("checkin.kind"), kinds, draft.kind, (kind) => {
      draft.kind = /** @type {Kind} */ (kind);
      return keep();
    }),
    places.length > 0 && field(say("checkin.stop"), stops),
    visitFields(draft.visit, keep),
    field(say("checkin.note"), note),
  ];
  return {
    title: trip ? say("checkin.title") : say("checkin.adhoc"), back: "#/", bare: true, dock,
    body: body.filter((node) => node instanceof Node),
    leave: () => {
      stop();
      clearInterval(timer);
    },
  };
}
