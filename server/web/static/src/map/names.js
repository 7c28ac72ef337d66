/**
 * The areas' names on the live map, above its dots: each stands where no mark is, if there is such a place in its area,
 * and tells what of the screen it takes, so that people's names leave it free.
 * @import {DeskMap} from "./canvas.js"
 * @import {Box} from "./room.js"
 * @import {Name} from "./areas.js"
 */
import Layer from "ol/layer/Layer.js";
import { getArea, getWidth, intersects } from "ol/extent.js";
import { apply } from "ol/transform.js";
import { nameOf } from "./areas.js";
import { pen } from "./marks.js";
import { palette } from "./palette.js";
import { room } from "./room.js";

const MARK_PX = 11 * palette.scale;
const AGAIN_PX = 60;
const REACH = [-3, -2, -1, 0, 1, 2, 3];
const STEPS = REACH.flatMap((right) => REACH.map((down) => /** @type {[number, number]} */ ([right, down]))).sort((a, b) => Math.hypot(...a) - Math.hypot(...b));

/** @typedef {import("ol/Map.js").FrameState} FrameState */
/** @typedef {import("ol/Feature.js").default} Feature */
/** @typedef {{feature: Feature, name: Name, middle: number[], off: [number, number], width: number}} Standing */

/**
 * @param {DeskMap} desk
 * @param {() => {x: number, y: number}[]} marks where dots and check-ins stand on the screen
 */
export function nameLayer(desk, marks) {
  const canvas = document.createElement("canvas");
  canvas.className = "map-names";
  /** @type {Standing[]} */
  let standing = [];
  /** @type {{centre: number[], resolution: number} | null} for which view they were placed */
  let placed = null;
  /** @type {FrameState | null} */
  let shown = null;

  desk.plainNames.setVisible(false);
  desk.map.addLayer(
    new Layer({
      zIndex: 45,
      render(frame) {
        shown = frame;
        if (isElsewhere(frame)) arrange(frame);
        draw(frame);
        return canvas;
      },
    }),
  );
  desk.areaSource.on("change", () => {
    placed = null;
  });

  /** @param {FrameState} frame @returns {boolean} */
  function isElsewhere({ viewState: { center, resolution } }) {
    if (!placed) return true;
    const moved = Math.hypot(Number(center[0]) - Number(placed.centre[0]), Number(center[1]) - Number(placed.centre[1]));
    return moved > AGAIN_PX * resolution || Math.abs(Math.log2(resolution / placed.resolution)) > 0.1;
  }

  /** @param {FrameState} frame */
  function arrange(frame) {
    const { center, resolution } = frame.viewState;
    const [width, height] = /** @type {[number, number]} */ (frame.size);
    const names = room(width, height);
    const dots = room(width, height);
    for (const { x, y } of marks()) dots.take({ x: x - MARK_PX, y: y - MARK_PX, width: 2 * MARK_PX, height: 2 * MARK_PX });
    const before = new Map(standing.map((each) => [each.feature, each.off]));
    standing = [];
    for (const one of candidates(frame, resolution)) {
      const off = choose(one, before.get(one.feature), frame, names, dots);
      if (!off) continue;
      names.take(boxOf({ ...one, off }, frame));
      standing.push({ ...one, off });
    }
    placed = { centre: [...center], resolution };
  }

  /** @param {FrameState} frame @param {number} resolution @returns {Omit<Standing, "off">[]} names that may stand, the coarsest kind first */
  function candidates(frame, resolution) {
    const extent = /** @type {number[]} */ (frame.extent);
    return desk.areaSource
      .getFeatures()
      .flatMap((feature) => {
        const name = nameOf(feature, resolution);
        const geometry = feature.getGeometry();
        if (!name || !geometry || !intersects(extent, geometry.getExtent())) return [];
        const width = measure(name);
        if (!name.overflow && width * resolution > getWidth(geometry.getExtent())) return [];
        return [{ feature, name, middle: middleOf(feature), width }];
      })
      .sort((a, b) => order(a.name) - order(b.name) || a.name.z - b.name.z);
  }

  /** @param {Name} name @returns {number} counties and townships first, then parks and sites, then the finer */
  const order = (name) => (name.broad ? -100 : 0) - name.size;

  /**
   * @param {Omit<Standing, "off">} one
   * @param {[number, number] | undefined} last where it stood before
   * @param {FrameState} frame
   * @param {import("./room.js").Room} names
   * @param {import("./room.js").Room} dots
   * @returns {[number, number] | undefined} how far from its middle; none where other names stand, and for a small area
   *   where marks do
   */
  function choose(one, last, frame, names, dots) {
    const step = one.name.size + 6;
    /** @type {[number, number] | undefined} */
    let covering;
    for (const off of last ? [last, ...around(step)] : around(step)) {
      const box = boxOf({ ...one, off }, frame);
      if (!isInside(one, off, frame) || !names.free(box)) continue;
      if (dots.free(box)) return off;
      covering ??= off;
    }
    return one.name.broad ? covering : undefined;
  }

  /** @param {Omit<Standing, "off">} one @param {[number, number]} off @param {FrameState} frame @returns {boolean} whether it is still plain whose name it is */
  function isInside(one, [right, down], frame) {
    const { resolution } = frame.viewState;
    const extent = one.feature.getGeometry()?.getExtent();
    const small = extent && getWidth(extent) < one.width * resolution;
    if ((!right && !down) || (small && Math.hypot(right, down) < 3 * one.name.size)) return true;
    const at = [Number(one.middle[0]) + right * resolution, Number(one.middle[1]) - down * resolution];
    return Boolean(one.feature.getGeometry()?.intersectsCoordinate(at));
  }

  /** @param {FrameState} frame */
  function draw(frame) {
    const context = pen(canvas, frame.size, frame.pixelRatio);
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.strokeStyle = palette.halo;
    context.lineWidth = 3.4;
    for (const one of standing) {
      const [x, y] = at(one, frame);
      context.font = one.name.font;
      context.fillStyle = one.name.colour;
      context.strokeText(one.name.words, x, y);
      context.fillText(one.name.words, x, y);
    }
  }

  return {
    /** Marks have come, gone or moved on: a name that one of them covers finds another place. */
    settle() {
      if (!shown) return;
      arrange(shown);
      draw(shown);
    },
    /** @returns {Box[]} what of the screen the names take */
    boxes: () => (shown ? standing.map((one) => boxOf(one, /** @type {FrameState} */ (shown))) : []),
  };
}

/** @param {number} step @returns {[number, number][]} where a name may stand off its middle: steps in all directions, the nearest first */
function around(step) {
  return STEPS.map(([right, down]) => [right * step, down * step]);
}

/** @param {Standing} one @param {FrameState} frame @returns {[number, number]} its middle on the screen */
function at({ middle, off }, frame) {
  const [x, y] = apply(frame.coordinateToPixelTransform, [...middle]);
  return [Math.round(Number(x) + off[0]), Math.round(Number(y) + off[1])];
}

/** @param {Standing} one @param {FrameState} frame @returns {Box} */
function boxOf(one, frame) {
  const [x, y] = at(one, frame);
  const height = one.name.size + 4;
  return { x: x - one.width / 2 - 2, y: y - height / 2, width: one.width + 4, height };
}

/** @param {Feature} feature @returns {number[]} a place well inside its largest part, found once */
function middleOf(feature) {
  const known = feature.get("middle");
  if (known) return known;
  const geometry = /** @type {any} */ (feature.getGeometry());
  const parts = geometry.getType() === "MultiPolygon" ? geometry.getPolygons() : [geometry];
  const largest = parts.reduce((/** @type {any} */ best, /** @type {any} */ each) =>
    getArea(each.getExtent()) > getArea(best.getExtent()) ? each : best,
  );
  const middle = largest.getInteriorPoint().getCoordinates().slice(0, 2);
  feature.set("middle", middle, true);
  return middle;
}

/** @type {CanvasRenderingContext2D | null} */
let ruler = null;
/** @type {Map<string, number>} */
const widths = new Map();

/** @param {Name} name @returns {number} */
function measure({ words, font }) {
  const told = `${font}|${words}`;
  const known = widths.get(told);
  if (known !== undefined) return known;
  ruler ??= /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  ruler.font = font;
  const width = Math.ceil(ruler.measureText(words).width);
  widths.set(told, width);
  return width;
}
