// @ts-check
/** Hands finished check-ins to the server. A queue for times without a network fits in here, and nowhere else. */

/** @import {Checkin, CheckinIn, Problem} from "./wire.d.ts" */

import * as api from "./api.js";
import { alone } from "./turns.js";
import * as unsent from "./unsent.js";

/** @typedef {{state: "kept", checkin: Checkin} | {state: "lost"} | {state: "refused", problem: Problem}} Delivery */

/** Whether the same may succeed later without being changed. @param {Problem} problem */
const passing = (problem) => problem.status >= 500 || problem.status === 408 || problem.status === 429;

/**
 * Sends one item, and lets go of it only once the server says that it is kept (201, or 200 for a repeat).
 * @param {CheckinIn} item
 * @returns {Promise<Delivery>}
 */
async function attempt(item) {
  try {
    const checkin = await api.sendCheckin({ ...item, sent_at: new Date().toISOString() });
    await unsent.drop(item.id);
    return { state: "kept", checkin };
  } catch (failure) {
    const problem = failure instanceof api.Refusal && !passing(failure.problem) ? failure.problem : null;
    if (failure instanceof api.SignedOut) throw failure;
    await unsent.put(item, problem);
    return problem ? { state: "refused", problem } : { state: "lost" };
  }
}

/**
 * Delivers a check-in: kept on the phone first, then sent, one sender at a time over all tabs. The item
 * carries its own id, so sending it again can never make a second record.
 * @param {CheckinIn} item complete but for sent_at
 * @returns {Promise<Delivery>}
 */
export async function deliver(item) {
  await unsent.put(item, null);
  return alone("deliver", () => attempt(item));
}
