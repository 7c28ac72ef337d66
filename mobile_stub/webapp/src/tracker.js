// @ts-check
/** Records the track of one duty while the app is open: only with its consent, only once the server knows that the duty
 *  has begun. It rests while nobody moves, and hands fixes over in batches; a fix is let go of once the server has it. */

/** @import {Problem} from "./wire.d.ts" */
/** @import {Fix, Trouble} from "./position.js" */
/** @import {Duty} from "./trips.js" */

import * as api from "./api.js";
import * as fixes from "./fixes.js";
import { apart } from "./ground.js";
import * as kept from "./kept.js";
import { follow } from "./position.js";
import { pause } from "./sender.js";
import * as session from "./session.js";
import { alone } from "./turns.js";
import * as trips from "./trips.js";

/** @typedef {{person_id: number, trip_id: number, title: string}} Task whose track of which duty */
/** @typedef {"ended" | "full" | null} Why why it stopped by itself */

const KEY = "tracking";
const EVERY_MS = 10_000;
const MOVED_M = 20;
const STILL_M = 30;
const STILL_MS = 180_000;
const LOOK_MS = 60_000;
const BEAT_MS = 300_000;
const SEND_MS = 60_000;
const BATCH = 500;

const now = {
  task: /** @type {Task | null} */ (null),
  recorded: 0,
  waiting: 0,
  resting: false,
  awake: false,
  trouble: /** @type {Trouble | null} */ (null),
  why: /** @type {Why} */ (null),
};

const listeners = /** @type {Set<() => void>} */ (new Set());
let unfollow = () => {};
/** @type {ReturnType<typeof setTimeout> | undefined} */
let looking;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let handing;
/** @type {Fix | null} */
let last = null;
/** @type {Fix | null} */
let anchor = null;
/** @type {WakeLockSentinel | null} */
let lamp = null;
let tries = 0;

/** How things stand. */
export const state = () => now;

/** Calls back whenever that changes. @param {() => void} listener @returns {() => void} ends it */
export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const tell = () => listeners.forEach((listener) => listener());

/** Whether a track of this duty may be recorded here. @param {Duty} trip @param {number} me */
export const allowed = (trip, me) => trip.state === "under_way" && !trip.step && trip.tracking === "track" && trips.levelOf(trip, me) === "track";

/** Keeps the screen on, as far as the browser lets us. */
async function light() {
  if (!now.task || document.visibilityState !== "visible" || !navigator.wakeLock) return;
  try {
    lamp = await navigator.wakeLock.request("screen");
    now.awake = true;
    lamp.addEventListener("release", () => {
      now.awake = false;
      tell();
    });
  } catch {
    now.awake = false; // refused, as on a low battery: the page says that the screen may go dark
  }
  tell();
}

/** Whether a fix says more than the last one kept: some time later, or some way on. @param {Fix} fix @param {number} every_ms */
const telling = (fix, every_ms) => !last || fix.at - last.at >= every_ms || apart(last, fix) >= MOVED_M;

/** Keeps a fix. @param {Fix} fix */
async function keep(fix) {
  const { task } = now;
  if (!task) return;
  last = fix;
  try {
    await fixes.add(task.person_id, task.trip_id, fix);
    now.recorded += 1;
    now.waiting += 1;
    tell();
  } catch (failure) {
    if (!kept.full(failure)) throw failure;
    await end("full");
  }
}

/** Whether one has left the place where one was still. @param {Fix} fix */
const away = (fix) => !anchor || apart(anchor, fix) > Math.max(STILL_M, fix.accuracy_m ?? 0);

/** A fix while moving. @param {Fix} fix */
async function moving(fix) {
  now.trouble = null;
  if (away(fix)) anchor = fix;
  if (telling(fix, EVERY_MS)) await keep(fix);
  if (anchor && fix.at - anchor.at > STILL_MS) rest();
}

/** Stops measuring, and looks now and then whether one has moved on. */
function rest() {
  unfollow();
  now.resting = true;
  looking = setTimeout(look, LOOK_MS);
  tell();
}

/** One look while resting. */
function look() {
  unfollow = follow(async (fix) => {
    unfollow();
    if (away(fix)) walk();
    else looking = setTimeout(look, LOOK_MS);
    if (telling(fix, BEAT_MS)) await keep(fix);
  }, () => {
    unfollow();
    looking = setTimeout(look, LOOK_MS);
  });
}

/** Measures as one goes. */
function walk() {
  clearTimeout(looking);
  unfollow();
  now.resting = false;
  anchor = null;
  unfollow = follow(moving, (trouble) => {
    now.trouble = trouble;
    tell();
  });
  tell();
}

/** Ends by itself when the duty is over or consent was withdrawn, here or elsewhere. @param {Task} task */
async function check(task) {
  const { value } = await trips.one(task.trip_id);
  if (!allowed(value, task.person_id)) await end("ended");
}

/** Hands over what waits, oldest first. @param {number} person_id */
async function batches(person_id) {
  for (;;) {
    const rows = await fixes.oldest(person_id, BATCH);
    now.waiting = rows.length;
    tell();
    if (!rows.length) return;
    const taken = await api.sendFixes(fixes.columns(rows), person_id);
    await fixes.drop(rows);
    if (now.task && taken.kept < rows.length) await check(now.task);
  }
}

/** Tries again after a while, longer each time nobody answers. @param {number} after_ms */
function later(after_ms) {
  clearTimeout(handing);
  handing = setTimeout(hand, after_ms);
}

/** What waits is kept, whatever the server says to it. @param {unknown} failure @returns {Problem | null} */
function said(failure) {
  if (failure instanceof api.Lost || failure instanceof api.Refusal) return failure.problem;
  throw failure;
}

/** Hands over what waits of whoever is signed in, one sender at a time over all tabs. */
export async function hand() {
  const person_id = (await session.current())?.person.id;
  if (person_id === undefined) return;
  try {
    await alone("fixes", () => batches(person_id));
    tries = 0;
    if (now.task) later(SEND_MS);
  } catch (failure) {
    if (failure instanceof api.SignedOut) return;
    const problem = said(failure);
    tries += 1;
    later(Math.max(SEND_MS / 4, pause(tries, problem)));
  }
}

/** Begins. @param {Task} task */
async function go(task) {
  Object.assign(now, { task, recorded: 0, why: null, trouble: null });
  last = null;
  walk();
  later(SEND_MS / 4);
  await light();
}

/** Begins to record a duty's track, until told to stop; closing the app interrupts it. @param {Duty} trip */
export async function begin(trip) {
  const person_id = (await session.current())?.person.id ?? 0;
  const task = { person_id, trip_id: trip.id, title: trip.title };
  await kept.put(KEY, task);
  await go(task);
}

/** Stops recording; what was recorded is still handed over. @param {Why} [why] */
export async function end(why = null) {
  clearTimeout(looking);
  unfollow();
  Object.assign(now, { task: null, resting: false, why });
  await lamp?.release();
  await kept.drop(KEY);
  tell();
  later(0);
}

/** Goes on where a closed app or an ended session left off, if that is still allowed; and hands over what waits. */
export async function resume() {
  const task = /** @type {Task | null} */ (await kept.get(KEY));
  const me = (await session.current())?.person.id;
  if (me === undefined || now.task) return;
  if (task?.person_id === me && allowed((await trips.one(task.trip_id)).value, me)) await go(task);
  else later(0);
}

/** Goes on, and from now on keeps the screen lit while recording and hands over whenever the network is back. */
export function attend() {
  document.addEventListener("visibilitychange", light);
  addEventListener("online", () => later(0));
  return resume();
}

/** Stops, and lets go of what was recorded of a duty whose consent is withdrawn. @param {number} trip_id */
export async function withdrawn(trip_id) {
  const person_id = (await session.current())?.person.id ?? 0;
  if (now.task?.trip_id === trip_id) await end("ended");
  await fixes.forget(person_id, trip_id);
}
