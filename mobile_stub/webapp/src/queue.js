// @ts-check
/** What was done on this phone and is on its way to the server: check-ins and reports with their photos, plans, steps of duties, what one
 *  adds to one's log, in the order in which they were done. An item belongs to the person who did it, and stays until the
 *  server has it or they discard it. */

/** @import {Shot} from "./shots.js" */
/** @import {Checkin, CheckinIn, MatterIn, Outcome, Plan, Problem, Trip} from "./wire.d.ts" */

import * as drafts from "./drafts.js";
import * as kept from "./kept.js";
import { must } from "./room.js";
import * as session from "./session.js";
import * as shots from "./shots.js";

/** @typedef {"waiting" | "kept" | "refused" | "conflict"} State */
/** @typedef {"submit" | "start" | "complete"} Step a step of a duty that one takes oneself */
/** @typedef {{trip_id: number, at: string, outcome: string}} StepTold */
/** @typedef {{plan: Plan & {id: string}, submit: boolean, draft: unknown}} PlanTold with the draft it can be corrected from */
/** @typedef {{id: string, outcome: Outcome, zh: string, en: string}} Record what the server made of a check-in */

/**
 * @typedef {object} Item
 * @property {number} number the order in which things were done
 * @property {number} person_id whose it is
 * @property {"checkin" | "matter" | "photo" | "plan" | "log" | Step} kind
 * @property {string} id of the check-in, the matter, the photo, the plan, the step, or the saving
 * @property {any} told a CheckinIn, a MatterIn, a PhotoTold, a PlanTold, a StepTold, or what `savings.js` tells
 * @property {string} title of the duty
 * @property {string} at when it was done, by this phone's clock
 * @property {State} state
 * @property {number} tries so far without an answer
 * @property {number} retry_at ms since 1970
 * @property {Problem | null} problem why it was refused, or why a busy server did not take it
 * @property {Record | null} record
 * @property {number | null} [trip_id] what became of a plan
 * @property {number | null} kept_at ms since 1970
 */

const KEPT_MS = 24 * 3_600_000;

const listeners = /** @type {Set<() => void>} */ (new Set());
const channel = typeof BroadcastChannel === "function" ? new BroadcastChannel("guatu-queue") : null;
channel?.addEventListener("message", () => listeners.forEach((listener) => listener()));

/** Calls back whenever the queue changed, here or in another tab. @param {() => void} listener @returns {() => void} ends it */
export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Says that the queue changed. */
export function changed() {
  listeners.forEach((listener) => listener());
  channel?.postMessage("changed");
}

/** @returns {Promise<Item[]>} */
const everything = () => kept.run("queue", "readonly", (table) => table.getAll());

/** The signed-in person's number, 0 when nobody is. */
const person = async () => (await session.current())?.person.id ?? 0;

/**
 * Queues what belongs together, all of it or nothing.
 * @param {Pick<Item, "kind" | "id" | "told" | "title" | "at">} done
 * @param {...Pick<Item, "kind" | "id" | "told" | "title" | "at">} with_it
 * @returns {Promise<number>} the number of the first; fails when the phone is full
 */
async function add(done, ...with_it) {
  const fresh = { person_id: await person(), state: "waiting", tries: 0, retry_at: 0, problem: null, record: null, kept_at: null };
  const number = Number(await must(() => kept.run("queue", "readwrite", (table) => {
    const [first] = [done, ...with_it].map((one) => table.add({ ...one, ...fresh }));
    return /** @type {IDBRequest<IDBValidKey>} */ (first);
  })));
  changed();
  return number;
}

/** @typedef {{checkin_id: string} | {proof_id: string}} Of what a photo is of: a check-in, or a report under its id */

/** How a photo is announced: of what, and the how-many-th. @param {Shot} shot @param {Of} of @param {number} number */
export const photoTold = ({ size, sha256 }, of, number) => ({ ...of, number, size, sha256 });

/** Photos as they are queued behind what they are of. @param {Shot[]} taken @param {Of} of @param {string} title @param {string} at */
const behind = (taken, of, title, at) => taken.map((shot, n) => ({ kind: /** @type {const} */ ("photo"), id: shot.id, told: photoTold(shot, of, n + 1), title, at }));

/** Queues a check-in with its photos behind it. @param {CheckinIn} told @param {string} title of its duty @param {Shot[]} taken */
export function addCheckin(told, title, taken) {
  return add({ kind: "checkin", id: told.id, told, title, at: told.made_at }, ...behind(taken, { checkin_id: told.id }, title, told.made_at));
}

/** Queues a report of a matter, made now, with its photos behind it. @param {MatterIn} told @param {Shot[]} taken */
export function addMatter(told, taken) {
  const at = new Date().toISOString();
  return add({ kind: "matter", id: told.told_as, told, title: told.place, at }, ...behind(taken, { proof_id: told.told_as }, told.place, at));
}

/** Queues what one adds to one's log. @param {import("./savings.js").Told} told @param {string} title */
export const addLog = (told, title) => add({ kind: "log", id: told.body.id, told, title, at: told.body.made_at });

/** Queues a plan, made now. @param {PlanTold} told */
export const addPlan = (told) => add({ kind: "plan", id: told.plan.id, told, title: told.plan.title, at: new Date().toISOString() });

/** Queues a step of a duty, taken now. @param {Step} kind @param {Trip} trip @param {string} [outcome] */
export function addStep(kind, trip, outcome = "") {
  const at = new Date().toISOString();
  return add({ kind, id: `${kind}:${trip.id}`, told: { trip_id: trip.id, at, outcome }, title: trip.title, at });
}

/** This person's items, oldest first. */
export async function mine() {
  const owner = await person();
  return (await everything()).filter((item) => item.person_id === owner);
}

/** This person's items that the server does not have, oldest first. */
export async function unsent() {
  return (await mine()).filter((item) => item.state !== "kept");
}

/** How many items of other people wait on this phone until they sign in here. */
export async function foreign() {
  const owner = await person();
  return (await everything()).filter((item) => item.person_id !== owner && item.state !== "kept").length;
}

/** @param {number} number @returns {Promise<Item | null>} */
export async function one(number) {
  return (await kept.run("queue", "readonly", (table) => table.get(number))) ?? null;
}

/**
 * Changes an item, unless it was discarded meanwhile. On a full phone it stays as it was, which loses nothing: what
 * the server has already is let go of, or answered as a repeat.
 * @param {number} number
 * @param {Partial<Item>} changes
 */
export async function change(number, changes) {
  try {
    await kept.change("queue", number, (item) => item && { ...item, ...changes });
  } catch (failure) {
    if (!kept.full(failure)) throw failure;
    if (changes.state === "kept") await kept.run("queue", "readwrite", (table) => table.delete(number));
  }
  changed();
}

/** The id of what a photo is of. @param {any} told */
const ofWhat = (told) => told.checkin_id ?? told.proof_id;

/** The photos that wait for a check-in or a report, in order. @param {string} id @returns {Promise<Item[]>} */
export async function photosOf(id) {
  return (await mine()).filter(({ kind, told }) => kind === "photo" && ofWhat(told) === id);
}

/**
 * Lets go of an item, and with a check-in or report of its photos: the person's own act.
 * @param {Item} item
 * @param {boolean} [keeping] the photos themselves, for a draft that names them
 */
export async function drop(item, keeping = false) {
  for (const { number, kind, id } of [item, ...(item.kind === "checkin" || item.kind === "matter" ? await photosOf(item.id) : [])]) {
    await kept.run("queue", "readwrite", (table) => table.delete(number));
    if (kind === "photo" && !keeping) await shots.drop(id);
  }
  changed();
}

/** The photos that may be sent now: what they are of has arrived. @param {Item[]} open what the server does not have @returns {Item[]} */
export function ready(open) {
  const missing = new Set(open.filter(({ kind }) => kind === "checkin" || kind === "matter").map(({ id }) => id));
  return open.filter(({ kind, state, told }) => kind === "photo" && state === "waiting" && !missing.has(ofWhat(told)));
}

/** What the queue keeps of a record. @param {Checkin} record @returns {Record} */
const brief = ({ id, verdict: { outcome, zh, en } }) => ({ id, outcome, zh, en });

/** What the queue keeps of an answer: of a check-in its verdict, of a plan or a step the duty. @param {Item} item @param {any} answer */
function became({ kind }, answer) {
  if (kind === "checkin") return { record: brief(answer) };
  return kind === "photo" || kind === "log" || kind === "matter" ? {} : { trip_id: answer.id };
}

/** Notes that the server has it, and what it answered. @param {Item} item @param {any} answer by its kind */
export function settle(item, answer) {
  return change(item.number, { state: "kept", kept_at: Date.now(), problem: null, ...became(item, answer) });
}

/** Forgets delivered items after a day; all of this person's at once when they sign out. @param {boolean} [leaving] */
export async function tidy(leaving = false) {
  const owner = await person();
  const done = (await everything()).filter((item) => item.state === "kept"
    && (leaving ? item.person_id === owner : Date.now() - (item.kept_at ?? 0) > KEPT_MS));
  for (const { number } of done) await kept.run("queue", "readwrite", (table) => table.delete(number));
  const queued = (await everything()).filter(({ kind }) => kind === "photo").map(({ id }) => id);
  await shots.tidy(new Set([...queued, ...(await drafts.photos())]));
}

/**
 * Which steps of which duties are still on their way.
 * @returns {Promise<Map<number, Step>>} by the duty's number; the last one outweighs those before
 */
export async function steps() {
  /** @type {Map<number, Step>} */
  const found = new Map();
  for (const { kind, state, told } of await unsent()) {
    if ((kind === "submit" || kind === "start" || kind === "complete") && state === "waiting") found.set(told.trip_id, kind);
  }
  return found;
}
