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
import { groups, move, NEAR_PX, GLIDE_MS, stepped, where } from "./dots.js";
import { fan } from "./fan.js";
import { leg, nameWidth, pen, personMark, personWords } from "./marks.js";
import { palette } from "./palette.js";
import { named, room } from "./room.js";

const HIT_PX = 14 * palette.scale;
const DOT_PX = 11 * palette.scale;
const RENAME_PX = 90;
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** @typedef {import("ol/Map.js").FrameState} FrameState */
/** @typedef {import("./room.js").Box} Box */
/** @typedef {import("./room.js").Side} Side */
/** @typedef {{x: number, y: number, key: string, together: Place[]}} Hit */

/**
 * @param {DeskMap} desk
 * @param {Pointer} pointing
 * @param {{ageOf: (place: Place) => number, silent: (place: Place) => boolean, taken?: () => Box[]}} about a place's age
 *   now (s), whether that person's phone is silent, and what of the screen names must leave free
 */
export function peopleLayer(desk, pointing, { ageOf, silent, taken = () => [] }) {
  const canvas = document.createElement("canvas");
  canvas.className = "map-people";
  /** @type {Map<number, Dot>} */
  const dots = new Map();
  /** @type {{at: number, groups: Group[]}} */
  let grouped = { at: 0, groups: [] };
  /** @type {{centre: number[], resolution: number, sides: Map<number, Side>}} */
  let names = { centre: [0, 0], resolution: 0, sides: new Map() };
  /** @type {Map<Group, Place>} the newest place of each group: ages are asked with each frame */
  let newest = new Map();
  /** @type {Hit[]} */
  let hits = [];
  /** @type {string | null} */
  let opened = null;
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
    const at = stepped(frame.viewState.resolution);
    grouped = { at, groups: groups(dots.values(), NEAR_PX * at) };
    newest = new Map(grouped.groups.map((group) => [group, latest(group.places)]));
    rename(frame);
  }

  /** Which names stand, and where: clear of each other, of all dots, and of the areas' names. @param {FrameState} frame */
  function rename(frame) {
    const [width, height] = /** @type {[number, number]} */ (frame.size);
    const space = room(width, height);
    for (const box of taken()) space.take(box);
    const asked = grouped.groups
      .map((group) => {
        const [x, y] = pixel(group.anchor.to, frame).map(Number);
        return { id: group.anchor.place.person.id, x: Number(x), y: Number(y), group };
      })
      .filter(({ x, y }) => x > -40 && y > -40 && x < width + 40 && y < height + 40);
    for (const { x, y } of asked) space.take({ x: x - DOT_PX, y: y - DOT_PX, width: 2 * DOT_PX, height: 2 * DOT_PX });
    const measured = asked.map(({ group, ...one }) => ({ ...one, width: nameWidth(personWords(title(group), youngest(group))) }));
    const { center, resolution } = frame.viewState;
    names = { centre: [...center], resolution, sides: named(measured, names.sides, space) };
  }

  /** @param {FrameState} frame @returns {boolean} whether names were placed for another view than this one */
  function isElsewhere({ viewState: { center, resolution } }) {
    const moved = Math.hypot(Number(center[0]) - Number(names.centre[0]), Number(center[1]) - Number(names.centre[1]));
    return moved > RENAME_PX * resolution || Math.abs(Math.log2(resolution / names.resolution)) > 0.2;
  }

  /** Draw every group where it is at this moment; ask for the next frame while any glides. */
  function draw() {
    if (!shown) return;
    if (grouped.at !== stepped(shown.viewState.resolution)) regroup(shown);
    else if (isElsewhere(shown)) rename(shown);
    const now = performance.now();
    const context = pen(canvas, shown.size, shown.pixelRatio);
    const lit = pointing.now();
    hits = [];
    for (const group of grouped.groups) if (!isLit(group, lit) && !isOpen(group)) put(context, group, now, false);
    for (const group of grouped.groups) if (isOpen(group)) unfold(context, group, now);
    for (const group of grouped.groups) if (isLit(group, lit) && !isOpen(group)) put(context, group, now, true);
  }

  /** @param {Group} group @returns {boolean} whether its members stand around it just now */
  const isOpen = (group) => opened !== null && group.places.length > 1 && isLit(group, opened);

  /** @param {number} at @returns {number} the nearest whole device pixel: sharper, and several times cheaper to draw */
  const crisp = (at) => Math.round(at * Number(shown?.pixelRatio)) / Number(shown?.pixelRatio);

  /** @param {Group} group @returns {number} the age of its newest place, in seconds */
  const youngest = (group) => ageOf(newest.get(group) || group.anchor.place);

  /** @param {CanvasRenderingContext2D} context @param {Group} group @param {number} now @param {boolean} lit */
  function put(context, group, now, lit) {
    const frame = /** @type {FrameState} */ (shown);
    const [x, y] = pixel(where(group.anchor, now), frame);
    const [width, height] = /** @type {[number, number]} */ (frame.size);
    if (Number(x) < -120 || Number(y) < -40 || Number(x) > width + 120 || Number(y) > height + 40) return;
    const side = names.sides.get(group.anchor.place.person.id);
    const name = lit || side ? title(group) : "";
    const spot = { x: crisp(Number(x)), y: crisp(Number(y)) };
    hits.push({ ...spot, key: key(group.anchor.place), together: group.places });
    personMark(context, { ...spot, count: group.places.length, name, age_s: youngest(group), lit, side });
  }

  /** @param {CanvasRenderingContext2D} context @param {Group} group @param {number} now its members, around where it lies */
  function unfold(context, { anchor, places }, now) {
    const [x, y] = pixel(where(anchor, now), /** @type {FrameState} */ (shown)).map(Number);
    const spots = fan(places.length).map(([right, down]) => ({ x: crisp(Number(x) + right), y: crisp(Number(y) + down) }));
    for (const spot of spots) leg(context, [Number(x), Number(y)], [spot.x, spot.y]);
    spots.forEach((spot, index) => {
      const place = /** @type {Place} */ (places[index]);
      const one = { anchor: { ...anchor, place }, places: [place] };
      hits.push({ ...spot, key: key(place), together: [place] });
      const lit = pointing.now() === key(place);
      personMark(context, { ...spot, count: 1, name: places.length > 12 && !lit ? "" : title(one), age_s: ageOf(place), lit });
    });
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
    /** Ages have moved on, or other names stand: place the names anew and draw. */
    refresh() {
      if (shown) rename(shown);
      draw();
    },
    /** @param {string | null} id the cluster that this person is in opens; null closes all */
    open(id) {
      opened = id;
      draw();
    },
    /** @returns {number[][]} where everybody is */
    everywhere: () => [...dots.values()].map((dot) => dot.to),
    /** @param {number} person @returns {number[] | undefined} where they are drawn just now */
    where(person) {
      const fanned = opened ? hits.find((hit) => hit.key === `person:${person}` && hit.together.length === 1) : undefined;
      if (fanned) return desk.map.getCoordinateFromPixel([fanned.x, fanned.y]);
      const group = grouped.groups.find(({ places }) => places.some((place) => place.person.id === person));
      const dot = group?.anchor || dots.get(person);
      return dot && where(dot, performance.now());
    },
    /**
     * @param {number[]} at a pixel of the map
     * @returns {Hit | undefined} who is drawn there
     */
    under: (at) => hits.filter(({ x, y }) => Math.hypot(x - Number(at[0]), y - Number(at[1])) < HIT_PX).pop(),
    /** @returns {{x: number, y: number}[]} where dots stand on the screen just now */
    marks: () => hits,
  };
}

/** @param {Place} place @returns {string} */
export function key(place) {
  return `person:${place.person.id}`;
}

/** @param {Place[]} places @returns {Place} the newest: instants of one form compare as words */
function latest(places) {
  return places.reduce((best, each) => (each.at > best.at ? each : best));
}

/** @param {Group} group @param {string | null} lit @returns {boolean} */
function isLit(group, lit) {
  if (!lit?.startsWith("person:")) return false;
  const person = Number(lit.slice("person:".length));
  return group.places.some((place) => place.person.id === person);
}
