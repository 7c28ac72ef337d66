/**
 * The evidence on a check-in as drawings: its disc against the edge of the stop, and the way from the last position.
 * @import {Checkin, Evidence, Verdict, Way} from "../wire"
 * @import {Spot} from "./ground.js"
 */
import { t } from "./desk.js";
import { drawing } from "./dom.js";
import { apart, circle, nearest, plane, rings } from "./ground.js";
import { clock, day, fully, shortly, span } from "./time.js";
import { metres, word } from "./words.js";

const WIDE = 520,
  HIGH = 300;

/** @typedef {[string, Record<string, string | number>, string?]} Part tag, attributes, text */

/**
 * A drawing with words in it, told to screen readers by one sentence.
 * @param {number} high
 * @param {string} label
 * @param {Part[]} parts
 * @returns {SVGElement}
 */
function sketch(high, label, parts) {
  const svg = drawing(
    `0 0 ${WIDE} ${high}`,
    parts.map(([tag, attributes]) => [tag, attributes]),
  );
  parts.forEach(([, , text], at) => {
    const node = svg.children[at];
    if (text !== undefined && node) node.textContent = text;
  });
  svg.removeAttribute("aria-hidden");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  svg.setAttribute("class", "evidence");
  return svg;
}

/** @param {number} x @param {number} y @param {string} text @param {string} [look] @param {string} [anchor] @returns {Part} */
function words(x, y, text, look = "", anchor = "middle") {
  return ["text", { x, y, class: `evidence-words ${look}`, "text-anchor": anchor }, text];
}

/** @param {Verdict} verdict @returns {string} */
function sentence(verdict) {
  return t("{word}：离边界 {edge}，精度 {accuracy}", {
    word: word("verdict", verdict.outcome),
    edge: metres(verdict.edge_m || 0),
    accuracy: metres(verdict.accuracy_used_m || 0),
  });
}

/* ── without the place: how the disc lies to the edge ────────────────────────────────────────────────── */

/**
 * The disc beside a straight edge, to scale: all that the verdict itself says, so it needs no reason.
 * @param {Verdict} verdict
 * @returns {SVGElement | null} null where nothing was measured
 */
export function edgeSketch(verdict) {
  const { edge_m, accuracy_used_m } = verdict;
  if (edge_m === null || accuracy_used_m === null) return null;
  const high = 190,
    middle = 96,
    edge = WIDE / 2;
  const scale = Math.min(150 / (Math.abs(edge_m) + accuracy_used_m), 62 / accuracy_used_m);
  const x = edge - edge_m * scale;
  const name = verdict.against?.name || t("行程点");
  return sketch(high, sentence(verdict), [
    ["rect", { x: 0, y: 0, width: edge, height: high, class: "evidence-inside" }],
    ["line", { x1: edge, y1: 0, x2: edge, y2: high, class: "evidence-edge" }],
    words(edge - 12, 22, t("{name}之内", { name }), "evidence-teal", "end"),
    words(edge + 12, 22, t("之外"), "", "start"),
    ...disc([x, middle], Math.max(accuracy_used_m * scale, 4)),
    ["line", { x1: x, y1: middle, x2: edge, y2: middle, class: "evidence-line" }],
    words((x + edge) / 2, middle - 9, metres(edge_m), "evidence-strong"),
    words(x, Math.min(high - 8, middle + accuracy_used_m * scale + 18), t("精度 {m}", { m: metres(accuracy_used_m) })),
  ]);
}

/** @param {Spot} spot @param {number} radius in pixels @returns {Part[]} */
function disc([cx, cy], radius) {
  return [
    ["circle", { cx, cy, r: radius, class: "evidence-disc" }],
    ["circle", { cx, cy, r: 4, class: "evidence-fix" }],
  ];
}

/* ── on the ground ───────────────────────────────────────────────────────────────────────────────────── */

/**
 * The disc on the ground of its stop, north up, to scale, with the line to the nearest edge.
 * @param {Evidence} evidence
 * @param {any} feature the stop's area as GeoJSON, where it is one
 * @returns {SVGElement | null} null where the position is not shown, or it was judged against nothing
 */
export function groundSketch({ checkin, against }, feature) {
  const { position, verdict } = checkin;
  if (!position || !against || verdict.edge_m === null || verdict.accuracy_used_m === null) return null;
  const place = plane(position);
  const lines = stopLines(against, feature, place);
  const near = nearest(lines, [0, 0]);
  if (!near) return null;
  const view = viewOf(lines, near, verdict.accuracy_used_m);
  const [x, y] = view.at([0, 0]);
  const [nx, ny] = view.at(near);
  return sketch(HIGH, sentence(verdict), [
    ["rect", { x: 0, y: 0, width: WIDE, height: HIGH, class: "evidence-ground" }],
    ["path", { d: path(lines, view), class: "evidence-stop", "fill-rule": "evenodd" }],
    ...tolerance(against, place, view),
    ...disc([x, y], Math.max(verdict.accuracy_used_m * view.scale, 4)),
    ["line", { x1: x, y1: y, x2: nx, y2: ny, class: "evidence-line" }],
    words(...beside([x, y], [nx, ny]), metres(verdict.edge_m), "evidence-strong"),
    ...scaleBar(view.scale),
    words(WIDE - 14, 24, against.name, "evidence-teal", "end"),
  ]);
}

/** @param {NonNullable<Evidence["against"]>} against @param {any} feature @param {(lng: number, lat: number) => Spot} place @returns {Spot[][]} */
function stopLines(against, feature, place) {
  if (feature) return rings(feature, place);
  if (against.lng === null || against.lat === null) return [];
  return [circle(place(against.lng, against.lat), against.radius_m || 0)];
}

/** @param {NonNullable<Evidence["against"]>} against @param {(lng: number, lat: number) => Spot} place @param {View} view @returns {Part[]} the line that the tolerance moves the edge to */
function tolerance({ lng, lat, radius_m, tolerance_m }, place, view) {
  if (!tolerance_m || lng === null || lat === null) return [];
  const grown = [circle(place(lng, lat), (radius_m || 0) + tolerance_m)];
  return [["path", { d: path(grown, view), class: "evidence-tolerance" }]];
}

/** @typedef {{scale: number, at: (spot: Spot) => Spot}} View pixels a metre, and where a spot is drawn */

/**
 * What is looked at: the disc, the nearest edge, and the whole stop unless that would make the disc a dot.
 * @param {Spot[][]} lines @param {Spot} near @param {number} accuracy_m @returns {View}
 */
function viewOf(lines, near, accuracy_m) {
  const reach = Math.max(accuracy_m, apart(near, [0, 0])) * 1.25;
  const close = lines.flat().filter((spot) => apart(spot, [0, 0]) < reach * 6);
  const spots = close.length === lines.flat().length ? close : [];
  const xs = [-accuracy_m, accuracy_m, near[0], ...spots.map(([x]) => x)];
  const ys = [-accuracy_m, accuracy_m, near[1], ...spots.map(([, y]) => y)];
  const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = Math.min((WIDE - 80) / (east - west), (HIGH - 70) / (north - south));
  return {
    scale,
    at: ([x, y]) => [WIDE / 2 + (x - (west + east) / 2) * scale, HIGH / 2 - (y - (south + north) / 2) * scale],
  };
}

/** @param {Spot[][]} lines @param {View} view @returns {string} */
function path(lines, view) {
  const drawn = (/** @type {Spot} */ spot) =>
    view
      .at(spot)
      .map((each) => Math.max(-9e3, Math.min(9e3, each)).toFixed(1))
      .join(" ");
  return lines.map((line) => `M${line.map(drawn).join("L")}Z`).join("");
}

/** @param {Spot} one @param {Spot} other @returns {[number, number]} beside the middle of a line, where words do not lie on it */
function beside([ax, ay], [bx, by]) {
  const length = Math.hypot(bx - ax, by - ay) || 1;
  const [x, y] = [(ax + bx) / 2 + ((by - ay) / length) * 26, (ay + by) / 2 - ((bx - ax) / length) * 15];
  return [Math.max(40, Math.min(WIDE - 40, x)), Math.max(18, Math.min(HIGH - 8, y))];
}

/** @param {number} scale pixels a metre @returns {Part[]} */
function scaleBar(scale) {
  const most = 120 / scale;
  const power = 10 ** Math.floor(Math.log10(most));
  const length = [5, 2, 1].map((each) => each * power).find((each) => each <= most) || power;
  const wide = length * scale;
  return [
    ["path", { d: `M14 ${HIGH - 20}v6h${wide.toFixed(1)}v-6`, class: "evidence-scale" }],
    words(14 + wide + 8, HIGH - 12, metres(length), "evidence-small", "start"),
  ];
}

/* ── from the last position ──────────────────────────────────────────────────────────────────────────── */

/**
 * From the position before to this one: when, how far, how fast at least, and what is thought impossible.
 * @param {Checkin} last
 * @param {Checkin} checkin
 * @param {Way} way
 * @returns {SVGElement}
 */
export function wayDrawn(last, checkin, way) {
  const [from, to] = [last.fixed_at || last.made_at, checkin.fixed_at || checkin.made_at];
  const when = day(from) === day(to) ? clock : shortly;
  const fast = way.least_mps !== null && way.least_mps > way.limit_mps;
  const speed = way.least_mps === null ? t("同一时刻") : t("至少 {speed}", { speed: kmh(way.least_mps) });
  const far = [metres(way.distance_m), span(way.seconds)].join(" · ");
  return sketch(92, [t("上次定位 {at}", { at: fully(from) }), far, speed].join("；"), [
    ["line", { x1: 60, y1: 44, x2: WIDE - 66, y2: 44, class: fast ? "evidence-way evidence-fast" : "evidence-way" }],
    ["path", { d: `M${WIDE - 74} 38l9 6-9 6`, class: fast ? "evidence-head evidence-fast" : "evidence-head" }],
    ["circle", { cx: 54, cy: 44, r: 6, class: "evidence-before" }],
    ["circle", { cx: WIDE - 54, cy: 44, r: 6, class: "evidence-fix" }],
    words(54, 72, t("上次定位 {at}", { at: when(from) })),
    words(WIDE - 54, 72, t("这次 {at}", { at: when(to) })),
    words(WIDE / 2, 32, far, "evidence-strong"),
    words(WIDE / 2, 64, `${speed} · ${t("上限 {speed}", { speed: kmh(way.limit_mps) })}`, fast ? "evidence-odd" : ""),
  ]);
}

/** @param {number} mps @returns {string} */
export function kmh(mps) {
  return t("{n} 公里/小时", { n: Math.round(mps * 3.6) });
}
