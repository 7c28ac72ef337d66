// @ts-check
/** Days and clock times as people in Shanghai read them, whatever the phone's own zone. */

import { lang } from "./choices.js";
import { say } from "./words.js";

const ZONE = "Asia/Shanghai";
const DAY_MS = 86_400_000;

/** @param {Date} at @param {Intl.DateTimeFormatOptions} parts */
function format(at, parts) {
  return new Intl.DateTimeFormat(lang() === "zh" ? "zh-CN" : "en-GB", { timeZone: ZONE, ...parts }).format(at);
}

/**
 * The Shanghai day of an instant, as YYYY-MM-DD.
 * @param {string | number | Date} at
 */
export function dayOf(at) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(at));
}

/** Today in Shanghai, as YYYY-MM-DD. */
export const today = () => dayOf(Date.now());

/**
 * A day in words: 今天 · 9月30日 星期三.
 * @param {string} day YYYY-MM-DD
 */
export function dayWords(day) {
  const words = format(new Date(`${day}T12:00:00+08:00`), { month: "long", day: "numeric", weekday: "long" })
    .replace("日星期", "日 星期");
  if (day === today()) return `${say("day.today")} · ${words}`;
  if (day === dayOf(Date.now() - DAY_MS)) return `${say("day.yesterday")} · ${words}`;
  return words;
}

/**
 * A day without its weekday, which no line breaks apart: 9月30日.
 * @param {string} day YYYY-MM-DD
 */
export const dayShort = (day) =>
  format(new Date(`${day}T12:00:00+08:00`), { month: "short", day: "numeric" }).replaceAll(" ", "\u00a0");

/** From one day to another; a single day is named once. @param {string} from @param {string} to */
export const days = (from, to) => (from === to ? dayShort(from) : `${dayShort(from)}\u00a0–\u00a0${dayShort(to)}`);

/** The clock time of an instant: 14:05. @param {string} at */
export const clock = (at) => format(new Date(at), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** The clock time in Shanghai as a field holds it: 14:05. @param {string} at */
export const timeOf = (at) => new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(at));

/** Day and clock time: 9月30日 14:05. @param {string} at */
export const stamp = (at) => `${dayShort(dayOf(at))} ${clock(at)}`;

/** A planned window: 14:00 – 15:30, with the day before it when it is not today. @param {string | null} from @param {string | null} to */
export function windowWords(from, to) {
  if (!from && !to) return "";
  const first = from ?? to ?? "";
  const day = dayOf(first) === today() ? "" : `${dayShort(dayOf(first))} `;
  return day + [from, to].filter((at) => at !== null).map(clock).join(" – ");
}

/** A length of time in the largest fitting unit. @param {number} seconds */
export function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 90) return say("span.seconds", { n: whole });
  if (whole < 5400) return say("span.minutes", { n: Math.round(whole / 60) });
  if (whole < 129_600) return say("span.hours", { n: Math.round(whole / 3600) });
  return say("span.days", { n: Math.round(whole / 86_400) });
}
