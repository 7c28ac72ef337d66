/**
 * Areas as the map itself: townships in pale paper tints (neighbours differ), finer kinds as lines, names in Chinese.
 * @import {Projection} from "ol/proj.js"
 * @import {FeatureLike} from "ol/Feature.js"
 */
import Feature from "ol/Feature.js";
import GeoJSON from "ol/format/GeoJSON.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { Fill, Stroke, Style, Text } from "ol/style.js";
import { intersects } from "ol/extent.js";
import { dark, palette } from "./palette.js";

const TINTS = palette.tints;
/** How opaque a township's tint is over a base map: it tells townships apart, and the base map is read through it. */
const THROUGH = "66";
/** From this resolution (m/px) on, as on the small map of a form, townships' names are written closer, or few would have room. */
const SMALL_FROM = 90;
const FONT = '"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif';

/** How each kind is drawn: z order, the coarsest resolution (m/px) its lines and names are drawn at. */
const KINDS = {
  county: {
    z: 50,
    lines: Infinity,
    names: Infinity,
    stroke: palette.county,
    width: 2.6,
    dash: undefined,
    text: palette.county,
    size: 17,
  },
  township: {
    z: 10,
    lines: Infinity,
    names: 160,
    stroke: palette.line,
    width: 1.1,
    dash: undefined,
    text: palette.area,
    size: 14,
  },
  village: { z: 20, lines: 60, names: 22, stroke: palette.fine, width: 0.9, dash: [5, 3], text: palette.village, size: 12 },
  grid: { z: 25, lines: 14, names: 6, stroke: palette.fine, width: 0.8, dash: [2, 3], text: palette.grid, size: 11 },
  park: {
    z: 30,
    lines: Infinity,
    names: 60,
    stroke: palette.park.line,
    width: 1.3,
    dash: undefined,
    text: palette.park.name,
    size: 12,
  },
  destination: {
    z: 5,
    lines: Infinity,
    names: 1200,
    stroke: palette.line,
    width: 1,
    dash: undefined,
    text: palette.area,
    size: 13,
  },
  site: { z: 35, lines: 40, names: 14, stroke: palette.site.line, width: 1.3, dash: undefined, text: palette.site.name, size: 11 },
};

/** @typedef {keyof typeof KINDS} AreaKind */

/** @param {FeatureLike} feature @returns {AreaKind} */
function kindOf(feature) {
  const kind = feature.get("kind");
  return kind in KINDS ? kind : "site";
}

/**
 * Give each township a tint its neighbours (by bounding box) do not have.
 * @param {Feature[]} features
 */
function tint(features) {
  const done = /** @type {{extent: number[], tint: number}[]} */ ([]);
  for (const feature of features.filter((one) => ["township", "destination"].includes(kindOf(one)))) {
    const extent = /** @type {number[]} */ (feature.getGeometry()?.getExtent());
    const near = new Set(done.filter((other) => intersects(other.extent, extent)).map((other) => other.tint));
    const free = TINTS.findIndex((_, index) => !near.has(index));
    const chosen = free < 0 ? done.length % TINTS.length : free;
    done.push({ extent, tint: chosen });
    feature.set("tint", TINTS[chosen], true);
  }
}

/** @param {string} name @param {AreaKind} kind @returns {string} spaced as on a printed map */
function spaced(name, kind) {
  return (kind === "county" || kind === "township") && /^[\u4e00-\u9fff]{2,6}$/.test(name)
    ? [...name].join("\u2009")
    : name;
}

/** @param {FeatureLike} feature @param {AreaKind} kind @param {boolean} over a base map is under it @returns {Fill | undefined} */
function fillOf(feature, kind, over) {
  if (over && feature.get("tint")) return new Fill({ color: `${feature.get("tint")}${THROUGH}` });
  if (kind === "park") return new Fill({ color: palette.park.fill });
  if (kind === "site") return new Fill({ color: palette.site.fill });
  if (kind === "county") return new Fill({ color: "rgba(255,255,255,0.001)" });
  if (kind === "village") return new Fill({ color: dark ? "rgba(255,255,255,.03)" : "rgba(255,255,255,.26)" });
  if (kind === "grid") return new Fill({ color: dark ? "rgba(127,208,242,.05)" : "rgba(11,79,108,.05)" });
  return feature.get("tint") ? new Fill({ color: feature.get("tint") }) : undefined;
}

/**
 * @param {() => boolean} over whether a base map lies under the areas just now
 * @returns {(feature: FeatureLike, resolution: number) => Style | undefined}
 */
function shapeStyle(over) {
  return (feature, resolution) => {
    const kind = kindOf(feature);
    const look = KINDS[kind];
    if (resolution > look.lines) return undefined;
    return new Style({
      zIndex: look.z,
      fill: fillOf(feature, kind, over()),
      stroke: new Stroke({ color: look.stroke, width: look.width, lineDash: look.dash }),
    });
  };
}

/**
 * @param {FeatureLike} feature
 * @param {number} resolution
 * @returns {Style | undefined}
 */
function nameStyle(feature, resolution) {
  const name = nameOf(feature, resolution);
  if (!name) return undefined;
  return new Style({
    zIndex: -name.z,
    text: new Text({
      text: name.words,
      font: name.font,
      fill: new Fill({ color: name.colour }),
      stroke: new Stroke({ color: palette.halo, width: 3.4 }),
      overflow: name.overflow,
    }),
  });
}

/** @param {AreaKind} kind @returns {number} how high, in pixels, names of a kind are written */
function nameSize(kind) {
  return dark ? Math.round(KINDS[kind].size * 1.3) : KINDS[kind].size;
}

/** @typedef {{words: string, font: string, colour: string, size: number, z: number, overflow: boolean, broad: boolean}} Name `broad`: of a county or township, which stands above marks rather than not at all */

/**
 * How an area's name is written at a resolution.
 * @param {FeatureLike} feature
 * @param {number} resolution
 * @returns {Name | null} null where it is not
 */
export function nameOf(feature, resolution) {
  const kind = kindOf(feature);
  const look = KINDS[kind];
  if (resolution > look.names || (kind === "county" && resolution < 160)) return null;
  const small = kind === "township" && resolution > SMALL_FROM;
  const size = nameSize(kind) - (small ? 3 : 0);
  return {
    words: small ? feature.get("name") : spaced(feature.get("name"), kind),
    font: `${kind === "county" || kind === "township" ? 600 : 400} ${size}px ${FONT}`,
    colour: look.text,
    size,
    z: look.z,
    overflow: kind !== "grid",
    broad: kind === "county" || kind === "township",
  };
}

/**
 * The two layers of areas: shapes, and names above them that give way to each other.
 * @param {() => boolean} over whether a base map lies under them just now
 * @returns {{source: VectorSource, layers: VectorLayer[]}}
 */
export function areaLayers(over) {
  const source = new VectorSource();
  const shapes = new VectorLayer({ source, style: shapeStyle(over) });
  const names = new VectorLayer({ source, style: nameStyle, declutter: true });
  return { source, layers: [shapes, names] };
}

/**
 * Put a GeoJSON collection of areas (WGS-84) in the place of what was there.
 * @param {VectorSource} source
 * @param {object} collection
 * @param {Projection} projection
 */
export function show(source, collection, projection) {
  const features = new GeoJSON().readFeatures(collection, {
    dataProjection: "EPSG:4326",
    featureProjection: projection,
  });
  tint(features);
  source.clear(true);
  source.addFeatures(features);
}
