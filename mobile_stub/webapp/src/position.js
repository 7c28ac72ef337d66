// @ts-check
/** The browser's position: watching it get better, and what stands in its way when it does not come. */

import { byPhone } from "./clock.js";

/**
 * @typedef {object} Fix a measured position, WGS-84
 * @property {number} lng
 * @property {number} lat
 * @property {number | null} accuracy_m
 * @property {number | null} speed_mps
 * @property {number | null} heading_deg
 * @property {number} at ms since 1970
 */
/** @typedef {"denied" | "unavailable" | "timeout" | "insecure" | "missing"} Trouble */
/** @typedef {"wechat" | "wecom" | "dingtalk" | null} WebView */

const FRESH_MS = 20_000;
const PATIENCE_MS = 25_000;

export const VAGUE_M = 150;
export const STALE_MS = 60_000;

/**
 * The web view of a chat app we run inside of, if any; those ask for the chat app's own permission.
 * @param {string} agent the user agent
 * @returns {WebView}
 */
export function webview(agent) {
  if (/wxwork/i.test(agent)) return "wecom";
  if (/MicroMessenger/i.test(agent)) return "wechat";
  if (/DingTalk/i.test(agent)) return "dingtalk";
  return null;
}

/**
 * Which of two fixes to keep: the newer one, unless the older is still fresh and sharper.
 * @param {Fix | null} kept
 * @param {Fix} next
 * @returns {Fix}
 */
export function better(kept, next) {
  if (!kept || next.at - kept.at > FRESH_MS) return next;
  if (next.accuracy_m === null) return kept;
  return kept.accuracy_m === null || next.accuracy_m <= kept.accuracy_m ? next : kept;
}

/** A figure to a tenth; what is none becomes null. @param {number | null} said */
const figure = (said) => (said !== null && Number.isFinite(said) ? Number(said.toFixed(1)) : null);

/**
 * A fix from what the browser measured, its instant by this phone's clock; one no calendar knows becomes now.
 * @param {GeolocationPosition} measured
 * @returns {Fix}
 */
function fixOf({ coords, timestamp }) {
  const sane = Number.isFinite(timestamp) && Math.abs(timestamp) < 8.64e15;
  return {
    lng: Number(coords.longitude.toFixed(7)),
    lat: Number(coords.latitude.toFixed(7)),
    accuracy_m: figure(coords.accuracy),
    speed_mps: figure(coords.speed),
    heading_deg: figure(coords.heading),
    at: sane ? byPhone(timestamp, Date.now()) : Date.now(),
  };
}

/** @param {GeolocationPositionError} error @returns {Trouble} */
function troubleOf(error) {
  if (error.code === error.PERMISSION_DENIED) return window.isSecureContext ? "denied" : "insecure";
  return error.code === error.TIMEOUT ? "timeout" : "unavailable";
}

/** @typedef {{onfix: (fix: Fix) => void, ontrouble: (trouble: Trouble) => void}} Follower */

/** One measurement serves all who follow: a second one would wait for the next movement, and drain the battery twice. */
const followers = /** @type {Set<Follower>} */ (new Set());
/** @type {number | null} */
let measuring = null;
/** @type {Fix | null} */
let latest = null;

/** Begins to measure. */
function measure() {
  measuring = navigator.geolocation.watchPosition((measured) => {
    const fix = fixOf(measured);
    latest = fix;
    followers.forEach((follower) => follower.onfix(fix));
  }, (error) => followers.forEach((follower) => follower.ontrouble(troubleOf(error))),
  { enableHighAccuracy: true, maximumAge: 0, timeout: PATIENCE_MS });
}

/** Leaves; the last one ends the measurement. @param {Follower} follower */
function leave(follower) {
  followers.delete(follower);
  if (followers.size || measuring === null) return;
  navigator.geolocation.clearWatch(measuring);
  measuring = latest = null;
}

/**
 * Follows the position, handing on each fix as it comes, until told to stop.
 * @param {(fix: Fix) => void} onfix
 * @param {(trouble: Trouble) => void} ontrouble called again whenever the trouble changes or repeats
 * @returns {() => void} stops it
 */
export function follow(onfix, ontrouble) {
  if (!window.isSecureContext || !navigator.geolocation) {
    ontrouble(window.isSecureContext ? "missing" : "insecure");
    return () => {};
  }
  const follower = { onfix, ontrouble };
  followers.add(follower);
  if (measuring === null) measure();
  else queueMicrotask(() => latest && followers.has(follower) && onfix(latest));
  return () => leave(follower);
}

/**
 * The same, but handing on the best fix so far.
 * @param {(fix: Fix) => void} onfix
 * @param {(trouble: Trouble) => void} ontrouble
 * @returns {() => void} stops it
 */
export function watch(onfix, ontrouble) {
  /** @type {Fix | null} */
  let best = null;
  return follow((fix) => {
    best = better(best, fix);
    onfix(best);
  }, ontrouble);
}

/** One position now; fails with what stands in its way. @returns {Promise<Fix>} */
export function once() {
  return new Promise((resolve, reject) => {
    let stop = () => {};
    stop = watch((fix) => {
      stop();
      resolve(fix);
    }, (trouble) => {
      stop();
      reject(new NoPosition(trouble));
    });
  });
}

/** There was no position. */
export class NoPosition extends Error {
  /** @param {Trouble} trouble */
  constructor(trouble) {
    super(trouble);
    this.trouble = trouble;
  }
}
