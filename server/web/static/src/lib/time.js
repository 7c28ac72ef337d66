/** Instants as people here read them: always Asia/Shanghai, whatever the computer is set to. */
import { desk, t } from "./desk.js";

const ZONE = "Asia/Shanghai";

/** @type {Record<string, Intl.DateTimeFormat>} */
const formats = {};

/**
 * @param {string} name
 * @param {Intl.DateTimeFormatOptions} options
 * @returns {Intl.DateTimeFormat}
 */
function format(name, options) {
  formats[name] ??= new Intl.DateTimeFormat(desk.lang === "en" ? "en-GB" : "zh-CN", {
    timeZone: ZONE,
    hourCycle: "h23",
    ...options,
  });
  return formats[name];
}

/** Made once: it is dear to make, and a list of check-ins asks it for each. */
const PARTS = new Intl.DateTimeFormat("en-CA", {
  timeZone: ZONE,
  hourCycle: "h23",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/**
 * The parts of an instant in Shanghai, each padded.
 * @param {string} instant
 * @returns {Record<string, string>}
 */
function parts(instant) {
  const made = PARTS.formatToParts(new Date(instant));
  return Object.fromEntries(made.map((part) => [part.type, part.value]));
}

/** @param {string} instant @returns {string} 2026-11-21, the day in Shanghai */
export function day(instant) {
  const is = parts(instant);
  return `${is.year}-${is.month}-${is.day}`;
}

/** @param {string} instant @returns {string} 14:05 */
export function clock(instant) {
  const is = parts(instant);
  return `${is.hour}:${is.minute}`;
}

/** @param {string} instant @returns {string} 14:05:09 */
export function toTheSecond(instant) {
  const is = parts(instant);
  return `${is.hour}:${is.minute}:${is.second}`;
}

/** @param {string} instant @returns {string} 11-21 14:05 */
export function shortly(instant) {
  const is = parts(instant);
  return `${is.month}-${is.day} ${is.hour}:${is.minute}`;
}

/** @param {string} instant @returns {string} 11-21, the day in Shanghai without its year */
export function dayShortly(instant) {
  return day(instant).slice(5);
}

/** @param {string} instant @returns {string} 2026-11-21 14:05 */
export function fully(instant) {
  return `${day(instant)} ${clock(instant)}`;
}

/** @param {string} instant @returns {string} 2026年11月21日 星期六 */
export function dayInWords(instant) {
  return format("day", { year: "numeric", month: "long", day: "numeric", weekday: "long" }).format(new Date(instant));
}

/** @param {string} instant @returns {string} 2026年11月21日, as papers are dated */
export function dated(instant) {
  return format("dated", { year: "numeric", month: "long", day: "numeric" }).format(new Date(instant));
}

/** @param {string} month 2026-11 @returns {string} 11月 */
export function monthShortly(month) {
  return format("month", { month: "short" }).format(new Date(`${month}-15T12:00:00+08:00`));
}

/** @param {string} from @param {string} to dates @returns {string} 11月20日—22日 */
export function dates(from, to) {
  const words = format("date", { month: "short", day: "numeric" });
  const begin = words.format(new Date(`${from}T12:00:00+08:00`));
  return from === to ? begin : `${begin} — ${words.format(new Date(`${to}T12:00:00+08:00`))}`;
}

/** @param {string} from @param {string} to instants @returns {string} 11-21 09:00 – 11:00 */
export function window(from, to) {
  return `${shortly(from)} – ${day(from) === day(to) ? clock(to) : shortly(to)}`;
}

/** @param {string} from @param {string} to instants @returns {string} 09:00–11:00, the second with its day if another */
export function during(from, to) {
  return `${clock(from)}–${day(from) === day(to) ? clock(to) : shortly(to)}`;
}

/** @param {string | null} instant @returns {string} the value of a datetime-local field */
export function toField(instant) {
  return instant ? `${day(instant)}T${clock(instant)}` : "";
}

/** @param {string} value of a datetime-local field, meant in Shanghai @returns {string | null} an instant */
export function fromField(value) {
  return value ? new Date(`${value}:00+08:00`).toISOString() : null;
}

/**
 * How long, in the largest fitting unit; what would be rounded to a whole larger one is told as that.
 * @param {number} seconds
 * @returns {string}
 */
export function span(seconds) {
  const s = Math.abs(seconds);
  if (s < 59.5) return t("{n} 秒", { n: Math.round(s) });
  if (s < 3570) return t("{n} 分钟", { n: Math.round(s / 60) });
  if (s < 84600) return t("{n} 小时", { n: (s / 3600).toFixed(s < 36000 ? 1 : 0).replace(/\.0$/, "") });
  return t("{n} 天", { n: Math.round(s / 86400) });
}

/**
 * How long ago.
 * @param {number} seconds
 * @returns {string}
 */
export function ago(seconds) {
  return seconds < 45 ? t("刚刚") : t("{span}前", { span: span(seconds) });
}

/** What the server's clock says when this page's stopwatch stands at zero (ms); messages are late, never early. */
let zero = Date.parse(desk.now) - performance.now();

/** @param {string} instant the server's time in a message that has just come */
export function hear(instant) {
  zero = Math.max(zero, Date.parse(instant) - performance.now());
}

/** @returns {number} now in ms by the server's clock, as far as this page knows it, whatever the computer's says */
export function now() {
  return zero + performance.now();
}

/** @param {string} instant @returns {number} seconds since then by the server's clock */
export function age(instant) {
  return Math.max(0, (now() - Date.parse(instant)) / 1000);
}
