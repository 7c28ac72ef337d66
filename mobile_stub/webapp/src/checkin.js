// @ts-check
/** Checking in: the position getting better on a small map, the kind, the stop, whom we met, and off it goes. */

/** @import {Draft} from "./drafts.js" */
/** @import {Place} from "./places.js" */
/** @import {Fix, Trouble} from "./position.js" */
/** @import {Duty} from "./trips.js" */
/** @import {CheckinIn, Kind, Level} from "./wire.d.ts" */
/** @import {View, Way} from "./ways.js" */

import * as api from "./api.js";
import { onArrival, roomNotice } from "./deliveries.js";
import { el, refill } from "./dom.js";
import * as drafts from "./drafts.js";
import { edge } from "./ground.js";
import { troubleNotice } from "./help.js";
import { keeper } from "./keeping.js";
import { full } from "./kept.js";
import { metres } from "./lengths.js";
import { minimap } from "./minimap.js";
import { photoFields } from "./photos.js";
import { button, chips, confirmed, field, notice, oldNotice, para, select } from "./parts.js";
import { nearest, placeOf, soonest } from "./places.js";
import { STALE_MS, VAGUE_M, watch } from "./position.js";
import * as queue from "./queue.js";
import { deliver } from "./sender.js";
import * as session from "./session.js";
import * as shots from "./shots.js";
import { span } from "./times.js";
import * as trips from "./trips.js";
import { instead } from "./ways.js";
import * as uploads from "./uploads.js";
import { visitFields } from "./visit.js";
import { say } from "./words.js";

/** @typedef {"allowed" | "none" | "unconsented" | "unticked" | "pending"} Leave what may be done with positions here */

const TICK_MS = 5_000;
const PATIENCE_MS = 8_000;
const KINDS = /** @type {Kind[]} */ (["arrive", "visit", "leave", "patrol", "note"]);

/**
 * Whether a position may be used, and if not, why.
 * @param {Duty | null} trip null outside any duty
 * @param {Draft} draft
 * @param {Level | null} level the person's consent on that trip
 * @returns {Leave}
 */
function leaveFor(trip, draft, level) {
  if (!trip) return draft.consent ? "allowed" : "unticked";
  if (trip.tracking === "none") return "none";
  if (trip.step) return "pending";
  return level ? "allowed" : "unconsented";
}

/** A fresh draft for a duty. @param {Duty | null} trip @param {boolean} patrols whether this person walks a grid @returns {Draft} */
function blank(trip, patrols) {
  return { trip_id: trip?.id ?? null, stop_id: null, stop_picked: false, note: "", consent: false,
    kind: patrols ? "patrol" : trip ? "arrive" : "visit", visit: drafts.noVisit(), photos: [] };
}

/** Why there is no position here, and what to do. @param {Leave} leave @param {Duty | null} trip */
function leaveNotice(leave, trip) {
  if (leave === "pending") return notice("note", say("place.pending"), para(say("place.pending_text")));
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

/** Whether it is worth measuring again: the position is old or vague. @param {Fix} fix */
const poor = (fix) => Date.now() - fix.at > STALE_MS || (fix.accuracy_m ?? 0) > VAGUE_M;

/** About how far it is to the stop's edge; the server's verdict is what counts. @param {Fix} fix @param {Place | null} place */
function distance(fix, place) {
  const away = place ? edge(fix, place.rings) : null;
  if (away === null) return "";
  return say(away >= 0 ? "fix.inside" : "fix.outside", { away: metres(Math.abs(away)) });
}

/**
 * The top of the page: the map with the accuracy in metres, or why there is none.
 * @param {Leave} leave
 * @param {Duty | null} trip
 * @param {() => void} anew measures again
 */
function stage(leave, trip, anew) {
  const map = minimap();
  const figure = el("strong", { class: "figure" }, "–");
  const state = el("p", { class: "quality", "aria-live": "polite" }, say("fix.waiting"));
  const away = el("p", { class: "away" });
  const trouble = el("div", {});
  const measure = button(say("fix.anew"), anew, { icon: "pin" });
  const node = el("section", { class: "stage", "aria-label": say("fix.title") });
  if (leave === "allowed") {
    refill(node, map.node, el("div", { class: "measure" },
      el("div", {}, el("span", { class: "label" }, say("fix.accuracy")), figure), el("div", {}, state, away)), measure, trouble);
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
      measure.hidden = fix ? !poor(fix) : !why;
      refill(trouble, !fix && why && troubleNotice(why));
    },
  };
}

/** The choice of duty, when there is one to make. @param {Duty[]} going @param {Duty | null} trip */
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

/** The duty asked for in the address, or else the first one under way. @param {Way} way @param {Duty[]} going */
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
  draft.photos = (await shots.all(draft.photos)).map(({ id }) => id);
  return { person: tokens.person, since: list.since, going, trip, draft };
}

/** Warns before a check-in goes without a position though one may be used. */
function withoutPosition() {
  return confirmed({ title: say("send.none_title"), text: say("send.none_text"), yes: say("send.none") });
}

/** Sends one that the full phone cannot keep, with its photos, while its page is still open; until it has arrived the page must stay. @param {CheckinIn} item @param {Draft} draft */
async function sendUnkept(item, draft) {
  const { person } = (await session.current()) ?? {};
  if (!person) throw new api.SignedOut();
  try {
    await api.sendCheckin(item, person.id);
    for (const [at, shot] of (await shots.all(draft.photos)).entries()) {
      await uploads.send(shot.id, queue.photoTold(shot, { checkin_id: item.id }, at + 1), person.id, () => {});
    }
  } catch (failure) {
    throw failure instanceof api.Lost ? new DOMException(say("room.full"), "QuotaExceededError") : failure;
  }
  await drafts.drop(draft);
  instead(`#/record/${item.id}?new=1`);
}

/**
 * Queues what was written, and waits a little for the verdict; without one it is on its way.
 * @param {CheckinIn} item
 * @param {Draft} draft
 * @param {string} title of the duty
 */
async function send(item, draft, title) {
  try {
    const number = await queue.addCheckin(item, title, await shots.all(draft.photos));
    await drafts.drop(draft);
    const sent = await deliver(number, PATIENCE_MS);
    instead(sent?.state === "kept" ? `#/record/${item.id}?new=1` : `#/deliveries?new=${number}`);
  } catch (failure) {
    if (!full(failure)) throw failure;
    await sendUnkept(item, draft);
  }
}

/** Makes the check-in of a page: pressed again without a change, it is the same one. @returns {(draft: Draft, fix: Fix | null) => CheckinIn} */
function maker() {
  let before = "";
  /** @type {CheckinIn | null} */
  let made = null;
  return (draft, fix) => {
    const now = JSON.stringify(draft);
    if (!made || now !== before) made = drafts.build(draft, fix, Date.now());
    before = now;
    return made;
  };
}

/**
 * The check-in page.
 * @param {Way} way
 * @returns {Promise<View>}
 */
export async function page(way) {
  const { person, since, going, trip, draft } = await gather(way);
  const places = await Promise.all((trip?.stops ?? []).map(placeOf));
  const leave = leaveFor(trip, draft, trip && trips.levelOf(trip, person.id));
  const asked = trip?.stops?.find(({ id }) => String(id) === way.params.get("stop"));
  if (asked) [draft.stop_id, draft.stop_picked, draft.kind] = [asked.id, true, trip?.patrol_id ? "patrol" : draft.kind];
  if (draft.stop_id === null && !draft.stop_picked) draft.stop_id = soonest(trip?.stops ?? [])?.id ?? null;

  /** @type {Fix | null} */
  let fix = null;
  /** @type {Trouble | null} */
  let trouble = null;
  const top = stage(leave, trip, () => measure());
  const make = maker();
  const stops = select("stop", [...places.map(({ stop }) => /** @type {[string, string]} */ ([String(stop.id), stop.name])),
    ["", say("checkin.no_stop")]], String(draft.stop_id ?? ""));
  const small = el("small", {});

  const { node: space, keep } = keeper(() => drafts.put(draft));
  const show = () => {
    top.show(fix, places.find(({ stop }) => stop.id === draft.stop_id) ?? null, trouble);
    small.textContent = leave !== "allowed" ? say("send.small_none") : !fix ? say("send.small_waiting")
      : say(poor(fix) ? "send.small_poor" : "send.small", { accuracy: fix.accuracy_m ? metres(fix.accuracy_m) : "–" });
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
  let stop = () => {};
  const measure = () => {
    stop();
    [fix, trouble] = [null, null];
    show();
    stop = watch(onfix, (why) => {
      trouble = why;
      show();
    });
  };
  const timer = setInterval(show, TICK_MS);

  const note = el("textarea", { name: "note", rows: 2, maxlength: 2000, placeholder: say("checkin.note_hint") }, draft.note);
  note.addEventListener("input", () => {
    draft.note = note.value;
    return keep();
  });
  const kinds = /** @type {[string, string][]} */ (KINDS.map((kind) => [kind, say(`kind.${kind}`)]));
  const dock = button(say("send.do"), async () => {
    if (leave === "allowed" && !fix && !(await withoutPosition())) return;
    await send(make(draft, leave === "allowed" ? fix : null), draft, trip?.title ?? "");
  }, { weight: "main", icon: "check" });
  dock.querySelector("span")?.append(small);
  if (leave === "allowed") measure();
  else show();
  const arrival = onArrival(trip?.id ?? null);
  const photos = photoFields(draft, trip, keep);

  const body = [
    space, await roomNotice(true), oldNotice(since),
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
    photos.node,
    visitFields(draft.visit, keep),
    field(say("checkin.note"), note),
  ];
  return {
    title: trip ? say("checkin.title") : say("checkin.adhoc"), back: "#/", bare: true, dock,
    body: body.filter((node) => node instanceof Node),
    leave: () => {
      arrival();
      photos.leave();
      stop();
      clearInterval(timer);
    },
  };
}
