// @ts-check
/** The small map of a check-in: the stop's boundary, the accuracy circle and the dot, drawn as SVG. */

/** @import {Degrees, Spot} from "./ground.js" */

import { el, refill, svg } from "./dom.js";
import { around, middle } from "./ground.js";
import { metres } from "./lengths.js";
import { say } from "./words.js";

/** @typedef {Degrees & {accuracy_m: number | null}} Measured */
/** @typedef {{rings: Degrees[][], name: string, tolerance_m: number}} Target */

const SIDE = 320;
const HEIGHT = 200;
const MARGIN = 26;
const HEAD = 44;
const MAX_POINTS = 1200;
const LEAST_RING = 13;
const LEAST_GROUND = 18;

/**
 * The ring's points, thinned evenly when there are more than a small map can show.
 * @param {Degrees[]} ring
 * @param {number} keep
 */
function thinned(ring, keep) {
  const step = Math.max(1, Math.ceil(ring.length / keep));
  return ring.filter((_, n) => n % step === 0);
}

/**
 * Metres to map units, so that every corner lies within the margins and below the name of the place.
 * @param {Spot[]} corners
 * @returns {{scale: number, put: (spot: Spot) => Spot}} scale in units per metre
 */
function fit(corners) {
  const [xs, ys] = [corners.map((spot) => spot[0]), corners.map((spot) => spot[1])];
  const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const wide = Math.max(east - west, 30);
  const high = Math.max(north - south, 30);
  const scale = Math.min((SIDE - 2 * MARGIN) / wide, (HEIGHT - HEAD - MARGIN) / high);
  const [x, y] = [(west + east) / 2, (south + north) / 2];
  const waist = (HEAD + HEIGHT - MARGIN) / 2;
  return { scale, put: (spot) => [SIDE / 2 + (spot[0] - x) * scale, waist - (spot[1] - y) * scale] };
}

/** The corners of the square around a disc. @param {Spot} centre @param {number} radius @returns {Spot[]} */
function square([x, y], radius) {
  return [[x - radius, y - radius], [x + radius, y + radius]];
}

/** A round length that fits the map, for the scale bar. @param {number} scale units per metre */
function bar(scale) {
  const most = 90 / scale;
  const power = 10 ** Math.floor(Math.log10(most));
  const length = [5, 2, 1].map((n) => n * power).find((n) => n <= most) ?? power;
  return svg("g", { class: "bar" },
    svg("path", { d: `M12 ${HEIGHT - 16}v5h${(length * scale).toFixed(1)}v-5` }),
    svg("text", { x: 16, y: HEIGHT - 18 }, metres(length)));
}

/** Path data of rings put on the map. @param {Spot[][]} of */
function path(of) {
  return of.map((ring) => `M${ring.map((spot) => spot.map((n) => n.toFixed(1)).join(" ")).join("L")}Z`).join("");
}

/** The grid of faint lines that stands for paper. */
function paper() {
  const across = Array.from({ length: 8 }, (_, n) => `M${n * 40 + 20} 0V${HEIGHT}`);
  const down = Array.from({ length: 5 }, (_, n) => `M0 ${n * 40 + 20}H${SIDE}`);
  return svg("path", { class: "paper", d: [...across, ...down].join("") });
}

/**
 * What leads the eye when the stop is far off: a line from the position, and a frame around ground too small to see.
 * @param {Spot[][]} ground metres
 * @param {(spot: Spot) => Spot} put
 * @param {Spot | null} here
 */
function signposts(ground, put, here) {
  const spots = ground.flat().map(put);
  if (!spots.length) return [];
  const [xs, ys] = [spots.map((spot) => spot[0]), spots.map((spot) => spot[1])];
  const [west, east, north, south] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  if (Math.max(east - west, south - north) >= LEAST_GROUND) return [];
  const [x, y] = [(west + east) / 2, (north + south) / 2];
  const from = here && put(here);
  return [
    from && svg("path", { class: "lead", d: path([[from, [x, y]]]) }),
    svg("circle", { class: "beacon", cx: x, cy: y, r: LEAST_GROUND }),
  ];
}

/**
 * Everything on the map for one moment.
 * @param {Target | null} target
 * @param {Measured | null} at
 */
function drawing(target, at) {
  const kept = Math.floor(MAX_POINTS / Math.max(1, target?.rings.length ?? 1));
  const shown = (target?.rings ?? []).map((ring) => thinned(ring, Math.max(8, kept)));
  const origin = middle(shown) ?? at;
  if (!origin) return [paper()];
  const flat = around(origin);
  const ground = shown.map((ring) => ring.map(flat));
  const here = at ? flat(at) : null;
  const blur = at?.accuracy_m ?? 0;
  const { scale, put } = fit([...ground.flat(), ...(here ? square(here, Math.max(blur, 15)) : [])]);
  const lines = path(ground.map((ring) => ring.map(put)));
  const [x, y] = here ? put(here) : [0, 0];
  const margin = (target?.tolerance_m ?? 0) * scale * 2;
  return [
    paper(),
    lines && margin > 1 && svg("path", { class: "tolerance", d: lines, "stroke-width": margin.toFixed(1) }),
    lines && svg("path", { class: "ground", d: lines, "fill-rule": "evenodd" }),
    ...signposts(ground, put, here),
    here && svg("circle", { class: "blur", cx: x, cy: y, r: Math.max(blur * scale, LEAST_RING) }),
    here && svg("circle", { class: "halo", cx: x, cy: y, r: 8 }),
    here && svg("circle", { class: "dot", cx: x, cy: y, r: 5.5 }),
    bar(scale),
  ];
}

/**
 * A map that can be drawn again as the position gets better.
 * @returns {{node: HTMLElement, draw: (target: Target | null, at: Measured | null) => void}}
 */
export function minimap() {
  const sheet = svg("svg", { viewBox: `0 0 ${SIDE} ${HEIGHT}`, role: "img", preserveAspectRatio: "xMidYMid slice" });
  const name = el("figcaption", { class: "place" });
  const node = el("figure", { class: "minimap" }, sheet, name);
  return {
    node,
    draw(target, at) {
      refill(sheet, ...drawing(target, at));
      name.textContent = target?.name ?? "";
      name.hidden = !target?.name;
      sheet.setAttribute("aria-label", say(at ? "map.here" : "map.waiting",
        { place: target?.name || say("map.no_place"), accuracy: at?.accuracy_m ? metres(at.accuracy_m) : "–" }));
    },
  };
}
