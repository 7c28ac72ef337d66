// @ts-check
/** How far this phone's clock is off, by what the server says with every answer. */

import { read, write } from "./local.js";

/** Below this it is the network's delay and whole seconds. */
const LITTLE_MS = 30_000;

/** Notes what time the server has. @param {string | null} said the answer's Date */
export function compare(said) {
  const theirs = Date.parse(said ?? "");
  if (Number.isFinite(theirs)) write("ahead", String(Date.now() - theirs));
}

/** Milliseconds this phone is ahead of the server; 0 when it is hardly off, or was never compared. */
export function ahead_ms() {
  const off = Number(read("ahead"));
  return Math.abs(off) > LITTLE_MS ? off : 0;
}

/**
 * An instant by this phone's clock. Positions may come with the satellites' time instead: when the phone is off and
 * a fix seems to be as old (or as new) as the clock is wrong, it is a fresh one.
 * @param {number} at ms since 1970, as the position says
 * @param {number} now ms since 1970, as the phone says
 */
export function byPhone(at, now) {
  const off = ahead_ms();
  return off !== 0 && Math.abs(now - at - off) < LITTLE_MS ? Math.min(now, at + off) : Math.min(now, at);
}
