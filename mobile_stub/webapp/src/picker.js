// @ts-check
/** Picks a point on a small map of the county: the map is moved under a cross that stays in the middle. */

/** @import {Degrees, Spot} from "./ground.js" */
/** @import {Shape} from "./wire.d.ts" */

import * as api from "./api.js";
import { el, refill, svg } from "./dom.js";
import { around, back, circle, middle, rings } from "./ground.js";
import { metres } from "./lengths.js";
import { button, chips } from "./parts.js";
import { once } from "./position.js";
import { remembered } from "./remember.js";
import { say } from "./words.js";

/** @typedef {{lng: number, lat: number, radius_m: number}} Point */
/** @typedef {{rings: Degrees[][], name: string}} Land */

const RADII_M = [100, 300, 500, 1000];
const DETAIL_M = 12_000;
const THIN_M = { township: 60, village: 15 };
const NARROWEST_M = 300;
const WIDEST_M = 400_000;

/** The areas of a GeoJSON answer. @param {Shape} shape @returns {Land[]} */
function lands(shape) {
  return (shape.features ?? []).map((feature) => ({
    rings: rings(/** @type {Shape} */ ({ type: "Feature", ...feature })), name: String(feature.properties?.["name"] ?? "") }));
}

/** Path data of rings as flat metres, north up. @param {Degrees[][]} of @param {(at: Degrees) => Spot} flat */
function path(of, flat) {
  return of.map((ring) => `M${ring.map((at) => flat(at).map((n, axis) => Math.round(axis ? -n : n)).join(" ")).join("L")}Z`).join("");
}

/** One layer of areas with their names. @param {Land[]} found @param {(at: Degrees) => Spot} flat @param {string} kind */
function layer(found, flat, kind) {
  return svg("g", { class: `land ${kind}` }, ...found.flatMap((land) => {
    const centre = middle(land.rings);
    const [x, y] = centre ? flat(centre) : [0, 0];
    return [svg("path", { d: path(land.rings, flat) }), centre && svg("text", { x: Math.round(x), y: Math.round(-y) }, land.name)];
  }));
}

/** How far apart two fingers are. @param {{x: number, y: number}[]} fingers */
function spread([one, other]) {
  return one && other ? Math.hypot(one.x - other.x, one.y - other.y) : 0;
}

/**
 * Moves and zooms with one finger or two, the wheel or the keys.
 * @param {SVGSVGElement} sheet
 * @param {(dx: number, dy: number) => void} move by pixels
 * @param {(by: number) => void} zoom in by a factor
 */
function gestures(sheet, move, zoom) {
  /** @type {Map<number, {x: number, y: number}>} */
  const fingers = new Map();
  sheet.addEventListener("pointerdown", (event) => {
    sheet.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  sheet.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const wide = spread([...fingers.values()]);
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (fingers.size === 1) move(event.clientX - before.x, event.clientY - before.y);
    else if (wide) zoom(spread([...fingers.values()]) / wide);
  });
  for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) {
    sheet.addEventListener(name, (event) => fingers.delete(event.pointerId));
  }
  sheet.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1.25 : 0.8);
  });
  const keys = /** @type {Record<string, () => void>} */ ({ ArrowLeft: () => move(24, 0), ArrowRight: () => move(-24, 0),
    ArrowUp: () => move(0, 24), ArrowDown: () => move(0, -24), "+": () => zoom(1.5), "-": () => zoom(1 / 1.5) });
  sheet.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/**
 * The map itself.
 * @param {Degrees} origin
 * @param {Land[]} townships
 */
function board(origin, townships) {
  const flat = around(origin);
  const villages = svg("g");
  const ring = svg("path", { class: "reach" });
  const sheet = svg("svg", { class: "board", tabindex: 0, role: "application", "aria-label": say("pick.map") },
    layer(townships, flat, "township"), villages, ring);
  const view = { x: 0, y: 0, wide: Math.min(WIDEST_M, Math.max(4_000, reach(townships, flat))), radius_m: 300 };
  let detailed = false;
  const at = () => back(origin)([view.x, view.y]);
  const detail = async () => {
    if (detailed || view.wide > DETAIL_M) return;
    detailed = true;
    refill(villages, layer(lands(await api.boundaries("village", THIN_M.village)), flat, "village"));
  };
  const draw = () => {
    const high = view.wide * (sheet.clientHeight / (sheet.clientWidth || 1) || 1);
    sheet.setAttribute("viewBox", `${view.x - view.wide / 2} ${-view.y - high / 2} ${view.wide} ${high}`);
    sheet.style.setProperty("font-size", `${(view.wide / (sheet.clientWidth || 1)) * 12}px`);
    ring.setAttribute("d", path([circle(at(), view.radius_m)], flat));
    sheet.classList.toggle("close", view.wide <= DETAIL_M);
  };
  const move = (/** @type {number} */ dx, /** @type {number} */ dy) => {
    const per = view.wide / (sheet.clientWidth || 1);
    [view.x, view.y] = [view.x - dx * per, view.y + dy * per];
    draw();
  };
  const zoom = (/** @type {number} */ by) => {
    view.wide = Math.min(WIDEST_M, Math.max(NARROWEST_M, view.wide / by));
    draw();
    detail().catch(() => { // without the villages' lines the map still does
      detailed = false;
    });
  };
  gestures(sheet, move, zoom);
  return { sheet, view, at, draw, zoom, go: (/** @type {Degrees} */ to) => {
    [view.x, view.y] = flat(to);
    view.wide = Math.min(view.wide, 3_000);
    zoom(1);
  } };
}

/** How wide a map must be to show all of these. @param {Land[]} found @param {(at: Degrees) => Spot} flat */
function reach(found, flat) {
  const spots = found.flatMap((land) => land.rings.flat().map(flat));
  return 2.1 * Math.max(0, ...spots.map(([x, y]) => Math.max(Math.abs(x), Math.abs(y))));
}

/**
 * Asks for a point over the page.
 * @param {Degrees | null} start where the map begins; the middle of the county without one
 * @returns {Promise<Point | null>} null when nothing was picked
 */
export async function pickPoint(start) {
  const { value } = await remembered("townships", () => api.boundaries("township", THIN_M.township));
  const townships = lands(value);
  const origin = middle(townships.flatMap((land) => land.rings)) ?? start ?? { lng: 105, lat: 35 };
  const map = board(origin, townships);
  return new Promise((resolve) => {
    const dialog = el("dialog", { class: "picker", "aria-label": say("pick.title") });
    const done = (/** @type {Point | null} */ point) => {
      dialog.close();
      dialog.remove();
      resolve(point);
    };
    const step = (/** @type {string} */ sign, /** @type {string} */ label, /** @type {number} */ by) =>
      el("button", { type: "button", class: "round", "aria-label": label, onclick: () => map.zoom(by) }, sign);
    refill(dialog, el("h2", {}, say("pick.title")), el("p", { class: "hint" }, say("pick.hint")),
      el("div", { class: "sheet" }, map.sheet, el("span", { class: "cross", "aria-hidden": "true" }),
        el("div", { class: "zoom" }, step("+", say("pick.in"), 1.8), step("−", say("pick.out"), 1 / 1.8))),
      button(say("pick.here"), async () => map.go(await once()), { icon: "pin" }),
      chips("radius", say("pick.radius"), RADII_M.map((one) => [String(one), metres(one)]), String(map.view.radius_m), (value) => {
        map.view.radius_m = Number(value);
        map.draw();
      }),
      el("div", { class: "answers" }, button(say("cancel"), () => done(null)),
        button(say("pick.do"), () => done({ ...map.at(), radius_m: map.view.radius_m }), { weight: "main" })));
    dialog.addEventListener("cancel", () => done(null));
    document.body.append(dialog);
    dialog.showModal();
    if (start) map.go(start);
    else map.draw();
  });
}
