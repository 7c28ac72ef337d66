// @ts-check
/** Check-ins being written: kept at every stroke, so that neither a reload nor a dead battery loses a word. */

/** @import {CheckinIn, Kind, Visit} from "./wire.d.ts" */
/** @import {Fix} from "./position.js" */

import * as kept from "./kept.js";
import * as session from "./session.js";
import { uuid } from "./uuid.js";

/**
 * @typedef {object} Draft
 * @property {number | null} trip_id
 * @property {number | null} stop_id
 * @property {boolean} stop_picked whether the person chose the stop, so that nearness no longer does
 * @property {Kind} kind
 * @property {string} note
 * @property {boolean} consent to this one position, outside any duty
 * @property {Visit} visit
 * @property {string[]} photos their ids, in order
 */

/** An unwritten visit. @returns {Visit} */
export function noVisit() {
  return { kind: "outbound", enterprise: "", contact: "", contact_post: "", topic: "", outcome: "",
    amount: null, amount_unit: "万元", next_step: "", next_on: null };
}

/** @param {number | null} trip_id */
async function keyFor(trip_id) {
  return `draft:${(await session.current())?.person.id ?? 0}:${trip_id ?? "none"}`;
}

/** Where the draft of a duty's plan is kept; null for a new one. @param {number | null} id */
export async function planKey(id) {
  return `draft:${(await session.current())?.person.id ?? 0}:plan:${id ?? "new"}`;
}

/** The draft of a duty, or null. @param {number | null} trip_id @returns {Promise<Draft | null>} */
export async function get(trip_id) {
  const found = await kept.get(await keyFor(trip_id));
  return found && { ...found, photos: found.photos ?? [] };
}

/** @param {Draft} draft */
export async function put(draft) {
  await kept.put(await keyFor(draft.trip_id), draft);
}

/** @param {Draft} draft */
export async function drop(draft) {
  await kept.drop(await keyFor(draft.trip_id));
}

/** Whether anything was written about whom we met. @param {Visit} visit */
export function written(visit) {
  const { enterprise, contact, contact_post, topic, outcome, amount, next_step, next_on } = visit;
  return [enterprise, contact, contact_post, topic, outcome, amount, next_step, next_on].some((value) => value?.trim());
}

/** A visit as sent: an amount keeps its unit, and no unit stands without an amount. @param {Visit} visit @returns {Visit} */
function tidy(visit) {
  const amount = visit.amount?.trim() || null;
  return { ...visit, amount, amount_unit: amount ? visit.amount_unit : "", next_on: visit.next_on || null };
}

/**
 * A finished check-in: everything but sent_at, which is set when it is sent.
 * @param {Draft} draft
 * @param {Fix | null} fix the position, when there is one and it may be used
 * @param {number} now ms since 1970
 * @returns {CheckinIn}
 */
export function build(draft, fix, now) {
  /** @type {Partial<CheckinIn>} */
  const position = fix ? {
    lng: fix.lng, lat: fix.lat, datum: "WGS-84", accuracy_source: "browser",
    fixed_at: new Date(fix.at).toISOString(),
    ...(fix.accuracy_m === null ? {} : { accuracy_m: fix.accuracy_m }),
  } : {};
  return {
    id: uuid(), trip_id: draft.trip_id, stop_id: draft.stop_id, kind: draft.kind, ...position,
    made_at: new Date(now).toISOString(), mock: false, note: draft.note.trim(),
    consent: draft.trip_id === null && draft.consent && fix !== null,
    visit: written(draft.visit) ? tidy(draft.visit) : null, photo_count: draft.photos.length,
  };
}

/** Where the report being written is kept; what is found on a patrol has a draft of its own. @param {number | null} [patrol_id] */
export const reportKey = async (patrol_id = null) =>
  `draft:${(await session.current())?.person.id ?? 0}:report${patrol_id ? `:${patrol_id}` : ""}`;

/** The ids of the photos that any draft on this phone names. */
export async function photos() {
  return (await kept.all("draft:")).flatMap((/** @type {Partial<Draft>} */ draft) => draft.photos ?? []);
}

/** The draft a check-in can be corrected from. @param {CheckinIn} item @param {string[]} photos @returns {Draft} */
export function from(item, photos) {
  return { trip_id: item.trip_id, stop_id: item.stop_id, stop_picked: item.stop_id !== null, kind: item.kind, photos,
    note: item.note, consent: false, visit: { ...noVisit(), ...item.visit, amount_unit: item.visit?.amount_unit || "万元" } };
}
