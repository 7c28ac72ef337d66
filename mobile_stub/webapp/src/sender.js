// @ts-check
/** Sends the queue: in order, one sender at a time over all tabs, again and again until the server has answered. Photos
 *  come after everything else, and give way to it between two parts. It needs nothing but an open page: no Background Sync, no push. */

/** @import {Item} from "./queue.js" */
/** @import {Problem} from "./wire.d.ts" */

import * as api from "./api.js";
import * as queue from "./queue.js";
import * as session from "./session.js";
import { alone } from "./turns.js";
import * as uploads from "./uploads.js";

const FIRST_MS = 2_000;
/** The longest pause without a network, where a try costs nothing, and after a busy server's answer. */
const LONGEST_MS = 30_000;
const LONGEST_BUSY_MS = 300_000;
const SCATTER_MS = 1_500;

/** What an attempt means for those behind: go on, or stop here. @typedef {"on" | "stop"} Next */

/** How to tell the server each kind of item. */
const doors = {
  checkin: (/** @type {Item} */ { told, person_id }) => api.sendCheckin(told, person_id),
  matter: (/** @type {Item} */ { told, person_id }) => api.reportMatter(told, person_id),
  plan: async (/** @type {Item} */ { told, person_id, at }) => {
    const trip = await api.planTrip(told.plan, person_id);
    return told.submit && trip.state === "draft" ? api.submitTrip({ trip_id: trip.id, at }, person_id) : trip;
  },
  submit: (/** @type {Item} */ { told, person_id }) => api.submitTrip(told, person_id),
  start: (/** @type {Item} */ { told, person_id }) => api.startTrip(told, person_id),
  log: (/** @type {Item} */ { told, person_id }) => api.saveLog(told, person_id),
  complete: (/** @type {Item} */ { told, person_id }) => api.completeTrip(told, person_id),
  photo: (/** @type {Item} */ { id, told, person_id }) => uploads.send(id, told, person_id, advance),
};

/** @type {number | null} */
let busy = null;

/** The number of the item being sent from this page now. */
export const sending = () => busy;

let received = 0;

/** How many bytes of the photo being sent from this page the server has. */
export const progress = () => received;

/** Notes how far a photo has come; what another page queued meanwhile goes first. @param {number} bytes */
async function advance(bytes) {
  received = bytes;
  queue.changed();
  hurry ||= others(await queue.unsent()).some((item) => item.state === "waiting" && due(item));
  if (hurry) throw new uploads.Interrupted();
}

/**
 * How long to wait before the next try: doubling, and scattered so that phones do not come back all at once.
 * @param {number} tries so far, from 1
 * @param {Problem | null} problem what the server said, if it said anything
 */
export function pause(tries, problem) {
  const most = Math.min(problem ? LONGEST_BUSY_MS : LONGEST_MS, FIRST_MS * 2 ** (tries - 1));
  return Math.max((problem?.retry_after_s ?? 0) * 1000, most / 2 + Math.random() * (most / 2));
}

/** Puts an item back, to be tried later. @param {Item} item @param {Problem | null} problem */
function putBack(item, problem) {
  const tries = item.tries + 1;
  return queue.change(item.number, { tries, problem, retry_at: Date.now() + pause(tries, problem) });
}

/** What becomes of an item that was not taken. @param {Item} item @param {unknown} failure @returns {Promise<Next>} */
async function after(item, failure) {
  if (failure instanceof uploads.Interrupted) return "stop";
  if (failure instanceof api.Lost) {
    await putBack(item, failure.problem);
    return "stop";
  }
  if (!(failure instanceof api.Refusal) || failure.problem.code === "password_must_change") throw failure;
  const { problem } = failure;
  const passing = problem.status >= 500 || problem.status === 408 || problem.status === 429;
  if (passing) await putBack(item, problem);
  else await queue.change(item.number, { state: problem.status === 409 ? "conflict" : "refused", problem });
  return problem.status < 500 && passing ? "stop" : "on"; // the server's own fault may lie in this one item
}

/** Sends one item; it is let go of only once the server has said that it is kept. @param {Item} item @returns {Promise<Next>} */
async function attempt(item) {
  busy = item.number;
  received = 0;
  queue.changed();
  try {
    const answer = await doors[item.kind](item);
    await queue.settle(item, answer);
    return "on";
  } catch (failure) {
    return await after(item, failure);
  } finally {
    busy = null;
    queue.changed();
  }
}

/** Whether an item may be tried; a clock that was turned back delays nothing. @param {Item} item */
const due = (item) => item.retry_at <= Date.now() || item.retry_at > Date.now() + 2 * LONGEST_BUSY_MS;

/** Sends what waits, oldest first; an item discarded in the meantime is passed over. @param {Item[]} items @param {boolean} urgent whether pauses count */
async function pass(items, urgent) {
  for (const { number } of items) {
    const item = await queue.one(number);
    if (item?.state !== "waiting") continue;
    if (!urgent && !due(item)) return;
    if ((await attempt(item)) === "stop") return;
  }
}

/** What there is beside photos. @param {Item[]} open */
const others = (open) => open.filter(({ kind }) => kind !== "photo");

/** @type {Promise<void> | null} */
let running = null;
let hurry = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** Goes through the queue until nobody asked for another round. A session that is over ends it quietly: items wait. */
async function rounds() {
  try {
    do {
      const urgent = hurry;
      hurry = false;
      await pass(others(await queue.unsent()), urgent);
      if (!hurry) await pass(queue.ready(await queue.unsent()), urgent);
    } while (hurry);
    await queue.tidy();
  } catch (failure) {
    if (!(failure instanceof api.SignedOut || failure instanceof api.Refusal)) throw failure;
  }
}

/** Wakes up when the oldest waiting item is due. */
async function wait() {
  clearTimeout(timer);
  if (!(await session.current())) return;
  const open = await queue.unsent();
  const next = [others(open).find((item) => item.state === "waiting"), queue.ready(open)[0]].filter((item) => item !== undefined);
  const soonest = Math.min(...next.map(({ retry_at }) => retry_at));
  if (next.length) timer = setTimeout(() => send(), Math.min(LONGEST_BUSY_MS, Math.max(500, soonest - Date.now())));
}

/**
 * Sends what waits. Asked while it is running, it goes round once more.
 * @param {boolean} [urgent] without regard to pauses: the person asked, or the network came back
 */
export function send(urgent = false) {
  hurry ||= urgent;
  running ??= alone("deliver", rounds).finally(() => {
    running = null;
    return hurry ? send() : wait();
  });
  return running;
}

/**
 * Sends, and waits for what becomes of one item, though not for ever.
 * @param {number} number
 * @param {number} patience_ms
 * @returns {Promise<Item | null>} as it stands then; null when it is gone
 */
export async function deliver(number, patience_ms) {
  const patience = new Promise((resolve) => {
    setTimeout(resolve, patience_ms);
  });
  await Promise.race([send(true), patience]);
  if (!(await session.current())) throw new api.SignedOut();
  return queue.one(number);
}

/** Sends from now on whenever there is reason to hope: at once, on coming online, on coming back to the page. */
export function begin() {
  const soon = () => setTimeout(() => send(true), Math.random() * SCATTER_MS);
  addEventListener("online", soon);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send(true));
  return send(true);
}
