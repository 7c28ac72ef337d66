/**
 * People on duty as dots that glide as they move, on a canvas of their own: thousands of them cost the areas nothing.
 * @import {Place} from "../wire"
 * @import {DeskMap} from "./canvas.js"
 * @import {Pointer} from "./pointing.js"
 * @import {Dot, Group} from "./dots.js"
 */
import { apply } from "ol/transform.js";
import Layer from "ol/layer/Layer.js";
import { t } from "../lib/desk.js";
import { groups, move, named, NEAR_PX, GLIDE_MS, where } from "./dots.js";
import { pen, personMark } from "./marks.js";

const HIT_PX = 14;
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** @typedef {import("ol/Map.js").FrameState} FrameState */

/**
 * @param {DeskMap} desk
 * @param {Pointer} pointing
 * @param {{ageOf: (place: Place) => number, silent: (place: Place) => boolean}} about a place's age now (s), and
 *   whether that person's phone is silent
 */
export function peopleLayer(desk, pointing, { ageOf, silent }) {
  const canvas = document.createElement("canvas");
  canvas.className = "map-people";
  /** @type {Map<number, Dot>} */
  const dots = new Map();
  /** @type {{resolution: number, groups: Group[], names: Set<number>}} */
  let grouped = { resolution: 0, groups: [], names: new Set() };
  /** @type {FrameState | null} */
  let shown = null;
  let gliding_until = 0;
  let drawn = false;

  const layer = new Layer({
    zIndex: 40,
    render(frameState) {
      shown = frameState;
      draw();
      drawn = true;
      return canvas;
    },
  });
  desk.map.addLayer(layer);
  pointing.hear((now, before) => [now, before].some((one) => one?.startsWith("person:")) && draw());

  /** @param {number[]} coordinate @param {FrameState} frame @returns {number[]} on the screen */
  const pixel = (coordinate, frame) => apply(frame.coordinateToPixelTransform, [...coordinate]);

  /** @param {Group} group @returns {string} its name */
  function title({ anchor, places }) {
    const name = anchor.place.person.name;
    if (places.length > 1) return `${name} +${places.length - 1}`;
    return silent(anchor.place) ? `${name} · ${t("手机失联")}` : name;
  }

  /** @param {FrameState} frame */
  function regroup(frame) {
    const { resolution } = frame.viewState;
    const found = groups(dots.values(), NEAR_PX * resolution);
    const [width, height] = /** @type {[number, number]} */ (frame.size);
    const asked = found
      .map((group) => {
        const [x, y] = pixel(group.anchor.to, frame);
        return { group, x: Number(x), y: Number(y), width: 13 * (title(group).length + 1) };
      })
      .filter(({ x, y }) => x > -40 && y > -40 && x < width + 40 && y < height + 40);
    grouped = { resolution, groups: found, names: named(asked, grouped.names) };
  }

  /** Draw every group where it is at this moment; ask for the next frame while any glides. */
  function draw() {
    if (!shown) return;
    if (grouped.resolution !== shown.viewState.resolution) regroup(shown);
    const now = performance.now();
    const context = pen(canvas, shown.size, shown.pixelRatio);
    const lit = pointing.now();
    for (const group of grouped.groups) if (!isLit(group, lit)) put(context, group, now, false);
    for (const group of grouped.groups) if (isLit(group, lit)) put(context, group, now, true);
  }

  /** @param {number} at @returns {number} the nearest whole device pixel: sharper, and several times cheaper to draw */
  const crisp = (at) => Math.round(at * Number(shown?.pixelRatio)) / Number(shown?.pixelRatio);

  /** @param {CanvasRenderingContext2D} context @param {Group} group @param {number} now @param {boolean} lit */
  function put(context, group, now, lit) {
    const frame = /** @type {FrameState} */ (shown);
    const [x, y] = pixel(where(group.anchor, now), frame);
    const [width, height] = /** @type {[number, number]} */ (frame.size);
    if (Number(x) < -120 || Number(y) < -40 || Number(x) > width + 120 || Number(y) > height + 40) return;
    const age_s = Math.min(...group.places.map(ageOf));
    const name = lit || grouped.names.has(group.anchor.place.person.id) ? title(group) : "";
    const count = group.places.length;
    personMark(context, { x: crisp(Number(x)), y: crisp(Number(y)), count, name, age_s, lit });
  }

  /** One step of all that glide; where the map itself has drawn since the last one, as while it is panned, that was it. */
  function glide() {
    if (!drawn) draw();
    drawn = false;
    if (performance.now() < gliding_until) requestAnimationFrame(glide);
    else gliding_until = 0;
  }

  /** @returns {void} draw, and go on while dots are on their way */
  function start() {
    const gliding = gliding_until > 0;
    gliding_until = performance.now() + GLIDE_MS;
    if (!gliding) requestAnimationFrame(glide);
  }

  return {
    /** @param {Place[]} places everybody's, in a lasting order */
    show(places) {
      const placed = (/** @type {Place} */ place) => desk.place(place.position.lng, place.position.lat);
      const moving = move(dots, places, placed, { now: performance.now(), still: still.matches });
      if (!shown) return desk.map.render();
      regroup(shown);
      return moving ? start() : draw();
    },
    /** Ages have moved on: draw again. */
    refresh: draw,
    /** @returns {number[][]} where everybody is */
    everywhere: () => [...dots.values()].map((dot) => dot.to),
    /** @param {number} person @returns {number[] | undefined} where they are drawn just now */
    where(person) {
      const group = grouped.groups.find(({ places }) => places.some((place) => place.person.id === person));
      const dot = group?.anchor || dots.get(person);
      return dot && where(dot, performance.now());
    },
    /**
     * @param {number[]} at a pixel of the map
     * @returns {{key: string, together: Place[]} | undefined} who is drawn there
     */
    under(at) {
      const now = performance.now();
      const near = grouped.groups.filter(({ anchor }) => {
        const [x, y] = shown ? pixel(where(anchor, now), shown) : [NaN, NaN];
        return Math.hypot(Number(x) - Number(at[0]), Number(y) - Number(at[1])) < HIT_PX;
      });
      const top = near[near.length - 1];
      return top && { key: key(top.anchor.place), together: top.places };
    },
  };
}

/** @param {Place} place @returns {string} */
export function key(place) {
  return `person:${place.person.id}`;
}

/** @param {Group} group @param {string | null} lit @returns {boolean} */
function isLit(group, lit) {
  return lit !== null && lit.startsWith("person:") && group.places.some((place) => key(place) === lit);
}
