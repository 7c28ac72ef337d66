/**
 * Check-ins by the thousand, on a canvas of their own: those that lie together share a plate with their number, which
 * opens; a new one drops in with a ring.
 * @import {Checkin} from "../wire"
 * @import {DeskMap} from "./canvas.js"
 * @import {Pointer} from "./pointing.js"
 * @import {Together} from "./dots.js"
 */
import Feature from "ol/Feature.js";
import Layer from "ol/layer/Layer.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { apply } from "ol/transform.js";
import { clock } from "../lib/time.js";
import { key } from "./checkins.js";
import { grouping, stepped } from "./dots.js";
import { fan } from "./fan.js";
import { accuracyStyle, arrivalMark, leg, pen, ripple } from "./marks.js";
import { palette } from "./palette.js";

const NEAR_PX = 24 * palette.scale;
const HIT_PX = 12 * palette.scale;
const HALF_PX = 10 * palette.scale;
const DROP_MS = 2600;
const MOST_RINGS = 12;
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** @typedef {import("ol/Map.js").FrameState} FrameState */
/** @typedef {{to: number[], place: Checkin}} Spot */
/** @typedef {{x: number, y: number, places: Checkin[]}} Hit */

/**
 * @param {DeskMap} desk
 * @param {Pointer} pointing
 */
export function arrivalLayer(desk, pointing) {
  const canvas = document.createElement("canvas");
  canvas.className = "map-arrivals";
  const discs = new VectorSource();
  /** @type {WeakMap<Checkin, Spot>} where each lies: found once */
  const known = new WeakMap();
  /** @type {Spot[]} oldest first */
  let spots = [];
  /** @type {Map<string, Spot> | null} the same by key, made when it is asked for */
  let byKey = null;
  /** @type {{at: number, done: number, more: ReturnType<typeof grouping<Checkin, Spot>>, groups: Together<Checkin>[]}} those grouped so far */
  let grouped = { at: 0, done: 0, more: grouping(1), groups: [] };
  /** @type {Hit[]} */
  let hits = [];
  /** @type {{to: number[], begun: number}[]} */
  let rings = [];
  let ringing = false;
  /** @type {string | null} */
  let opened = null;
  /** @type {FrameState | null} */
  let shown = null;

  desk.map.addLayer(new VectorLayer({ source: discs, zIndex: 10, style: accuracyStyle() }));
  desk.map.addLayer(
    new Layer({
      zIndex: 30,
      render(frame) {
        shown = frame;
        draw();
        return canvas;
      },
    }),
  );
  pointing.hear((now, before) => {
    if (![now, before].some((one) => one?.startsWith("checkin:"))) return;
    discs.clear(true);
    const position = now ? spotOf(now)?.place.position : null;
    if (position?.accuracy_m) discs.addFeature(new Feature(desk.disc(position.lng, position.lat, position.accuracy_m)));
    draw();
  });

  /** @param {number[]} coordinate @param {FrameState} frame @returns {[number, number]} whole pixels of the screen */
  function pixel(coordinate, frame) {
    const [x, y] = apply(frame.coordinateToPixelTransform, [...coordinate]);
    return [Math.round(Number(x)), Math.round(Number(y))];
  }

  function draw() {
    if (!shown) return;
    const at = stepped(shown.viewState.resolution);
    if (grouped.at !== at) grouped = { at, done: 0, more: grouping(NEAR_PX * at), groups: [] };
    if (grouped.done < spots.length) grouped.groups = grouped.more.add(spots.slice(grouped.done));
    grouped.done = spots.length;
    const context = pen(canvas, shown.size, shown.pixelRatio);
    const lit = pointing.now();
    hits = [];
    const fanned = grouped.groups.filter((group) => !put(context, group));
    for (const group of fanned) unfold(context, group, lit);
    drawLit(context, lit);
    drop(context);
  }

  /** @param {string} id key @returns {Spot | undefined} */
  function spotOf(id) {
    byKey ??= new Map(spots.map((spot) => [key(spot.place), spot]));
    return byKey.get(id);
  }

  /** @param {CanvasRenderingContext2D} context @param {Together<Checkin>} group @returns {boolean} false when it is opened */
  function put(context, { anchor, places }) {
    const frame = /** @type {FrameState} */ (shown);
    const [x, y] = pixel(anchor.to, frame);
    const [width, height] = /** @type {[number, number]} */ (frame.size);
    if (x < -60 || y < -60 || x > width + 60 || y > height + 60) return true;
    if (opened && places.length > 1 && places.some((place) => key(place) === opened)) return false;
    hits.push({ x, y, places });
    arrivalMark(context, { x, y, count: counted(places), outcome: anchor.place.verdict.outcome, lit: false });
    return true;
  }

  /** @param {Checkin[]} places @returns {number} 0 where several are all one person's: nothing is counted by person */
  const counted = (places) =>
    places.length > 1 && places.every((each) => each.person.id === places[0]?.person.id) ? 0 : places.length;

  /** @param {CanvasRenderingContext2D} context @param {Together<Checkin>} group @param {string | null} lit */
  function unfold(context, { anchor, places }, lit) {
    const [x, y] = pixel(anchor.to, /** @type {FrameState} */ (shown));
    const newest = [...places].reverse();
    const offsets = fan(newest.length);
    for (const [right, down] of offsets) leg(context, [x, y], [x + right, y + down]);
    offsets.forEach(([right, down], index) => {
      const place = /** @type {Checkin} */ (newest[index]);
      const spot = { x: Math.round(x + right), y: Math.round(y + down) };
      hits.push({ ...spot, places: [place] });
      arrivalMark(context, { ...spot, count: 1, outcome: place.verdict.outcome, lit: lit === key(place) });
    });
  }

  /** @param {CanvasRenderingContext2D} context @param {string | null} lit what is pointed at is drawn last, and at its own place */
  function drawLit(context, lit) {
    const spot = lit?.startsWith("checkin:") ? spotOf(lit) : undefined;
    if (!spot || !shown) return;
    const [x, y] = placeOf(/** @type {string} */ (lit)) || pixel(spot.to, shown);
    const { person, happened_at, verdict } = spot.place;
    arrivalMark(context, { x, y, count: 1, outcome: verdict.outcome, lit: true, name: `${person.name} ${clock(happened_at)}` });
  }

  /** @param {string} id @returns {[number, number] | undefined} where it was fanned out to */
  function placeOf(id) {
    const hit = opened ? hits.find(({ places }) => places.length === 1 && key(/** @type {Checkin} */ (places[0])) === id) : undefined;
    return hit && [hit.x, hit.y];
  }

  /** @param {Checkin} place @returns {Spot | null} none without a position */
  function spotFor(place) {
    if (!place.position) return null;
    const spot = known.get(place) || { to: desk.place(place.position.lng, place.position.lat), place };
    known.set(place, spot);
    return spot;
  }

  /** @param {CanvasRenderingContext2D} context */
  function drop(context) {
    const now = performance.now();
    rings = rings.filter(({ begun }) => now - begun < DROP_MS);
    for (const { to, begun } of rings) {
      const [x, y] = pixel(to, /** @type {FrameState} */ (shown));
      ripple(context, x, y, (now - begun) / DROP_MS);
    }
    if (!rings.length || ringing) return;
    ringing = true;
    requestAnimationFrame(() => {
      ringing = false;
      draw();
    });
  }

  return {
    /** @param {readonly Checkin[]} checkins newest first @param {Set<string>} [fresh] ids of those that have just come */
    show(checkins, fresh = new Set()) {
      const before = spots;
      spots = [];
      byKey = null;
      for (let at = checkins.length - 1; at >= 0; at -= 1) {
        const spot = spotFor(/** @type {Checkin} */ (checkins[at]));
        if (spot) spots.push(spot);
        if (spot && fresh.has(spot.place.id) && !still.matches && rings.length < MOST_RINGS)
          rings.push({ to: spot.to, begun: performance.now() });
      }
      if (before.some((spot, at) => spot !== spots[at])) grouped.at = 0;
      draw();
    },
    /** @param {string | null} id the cluster that it is in opens; null closes all */
    open(id) {
      opened = id;
      draw();
    },
    /** @param {string} id key @returns {number[] | undefined} where it is drawn, in the map's units */
    where(id) {
      const fanned = placeOf(id);
      return (fanned && desk.map.getCoordinateFromPixel(fanned)) || spotOf(id)?.to;
    },
    /** @param {string[]} keys @returns {number[][]} their own places */
    places: (keys) => keys.map((each) => spotOf(each)?.to).filter((to) => to !== undefined),
    /** @param {number[]} at a pixel of the map @returns {{key: string, keys: string[]} | undefined} what is drawn there */
    under(at) {
      const hit = hits.filter(({ x, y }) => Math.hypot(x - Number(at[0]), y - Number(at[1])) < HIT_PX).pop();
      if (!hit) return undefined;
      const keys = hit.places.map(key);
      const lit = keys.find((each) => each === pointing.now());
      return { key: lit || /** @type {string} */ (keys[0]), keys };
    },
    /** @returns {{x: number, y: number}[]} where marks stand on the screen just now */
    marks: () => hits,
    /** @returns {import("./room.js").Box[]} what of the screen they take */
    boxes: () => hits.map(({ x, y }) => ({ x: x - HALF_PX, y: y - HALF_PX, width: 2 * HALF_PX, height: 2 * HALF_PX })),
  };
}
