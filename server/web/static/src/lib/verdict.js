/**
 * A verdict as shape, word and metres; the same four shapes are drawn on maps (map/marks.js).
 * @import {Checkin, Outcome, Verdict} from "../wire"
 */
import { say, t } from "./desk.js";
import { drawing, el } from "./dom.js";
import { metres, word } from "./words.js";

/** @type {Record<Outcome, [string, Record<string, string | number>][]>} */
const SHAPES = {
  inside: [["circle", { cx: 8, cy: 8, r: 7, fill: "#1b7f4d" }]],
  uncertain: [
    ["circle", { cx: 8, cy: 8, r: 6, fill: "#fff", stroke: "#b7791f", "stroke-width": 2 }],
    ["path", { d: "M8 2a6 6 0 0 0 0 12z", fill: "#b7791f" }],
  ],
  outside: [["circle", { cx: 8, cy: 8, r: 5.8, fill: "#fff", stroke: "#b3261e", "stroke-width": 2.4 }]],
  not_judged: [["path", { d: "M2 8h12", stroke: "#6b7280", "stroke-width": 2.6 }]],
};

/** @param {string} outcome @returns {[string, Record<string, string | number>][]} the shape's parts, in 16 × 16 */
export function shapeParts(outcome) {
  return SHAPES[/** @type {Outcome} */ (outcome)] || SHAPES.not_judged;
}

/** @param {Outcome} outcome @returns {SVGElement} */
export function shape(outcome) {
  return drawing("0 0 16 16", shapeParts(outcome));
}

/**
 * Shape, word and, where measured, the metres to the edge; the server's sentence as its title.
 * @param {Verdict} verdict
 * @returns {HTMLElement}
 */
export function badge(verdict) {
  return el(
    `span.verdict.verdict-${verdict.outcome}`,
    { title: say(verdict) },
    shape(verdict.outcome),
    word("verdict", verdict.outcome),
    edge(verdict),
  );
}

/**
 * @param {Verdict} verdict
 * @returns {HTMLElement | null}
 */
function edge(verdict) {
  if (verdict.edge_m === null || verdict.edge_m === undefined || verdict.outcome === "not_judged") return null;
  return el("span.metres", {}, t("离边界 {metres}", { metres: metres(verdict.edge_m) }));
}

/**
 * Early or late against the planned window, in words with the time; nothing when on time or without a window.
 * @param {Checkin} checkin
 * @param {(seconds: number) => string} span
 * @returns {HTMLElement | null}
 */
export function windowMark(checkin, span) {
  if (!checkin.window) return null;
  if (checkin.window === "on_time") return el("span.soft", {}, word("window", "on_time"));
  return el(`span.${checkin.window}`, {}, `${word("window", checkin.window)} ${span(checkin.window_s || 0)}`);
}

/**
 * Signals as small tags, the server's whole sentence as the title of each.
 * @param {Checkin["signals"]} signals
 * @returns {HTMLElement | null}
 */
export function signalTags(signals) {
  if (!signals.length) return null;
  return el(
    "span.tags",
    {},
    signals.map((signal) => el("span.tag.tag-signal", { title: say(signal) }, word("signal", signal.code))),
  );
}
