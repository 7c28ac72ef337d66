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

const TINTS = ["#f5ead2", "#e3ecdd", "#f3e0da", "#dfe8ef", "#ece3ee", "#eceada"];
const FONT = '"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif';

/** How each kind is drawn: z order, the coarsest resolution (m/px) its lines and names are drawn at. */
const KINDS = {
  county: {
    z: 50,
    lines: Infinity,
    names: Infinity,
    stroke: "#0b4f6c",
    width: 2.6,
    dash: undefined,
    text: "#0b4f6c",
    size: 17,
  },
  township: {
    z: 10,
    lines: Infinity,
    names: 160,
    stroke: "#8d8a78",
    width: 1.1,
    dash: undefined,
    text: "#43483f",
    size: 14,
  },
  village: { z: 20, lines: 60, names: 22, stroke: "#a9a592", width: 0.9, dash: [5, 3], text: "#5f6156", size: 12 },
  grid: { z: 25, lines: 14, names: 6, stroke: "#a9a592", width: 0.8, dash: [2, 3], text: "#6d6f65", size: 11 },
  park: {
    z: 30,
    lines: Infinity,
    names: 60,
    stroke: "#6a5a94",
    width: 1.3,
    dash: undefined,
    text: "#4f4276",
    size: 12,
  },
  destination: {
    z: 5,
    lines: Infinity,
    names: 1200,
    stroke: "#8d8a78",
    width: 1,
    dash: undefined,
    text: "#43483f",
    size: 13,
  },
  site: { z: 35, lines: 40, names: 14, stroke: "#8a5a12", width: 1.3, dash: undefined, text: "#6e4710", size: 11 },
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
  if (over)
    return kind === "park" ? new Fill({ color: "rgba(106,90,148,.16)" }) : new Fill({ color: "rgba(255,254,251,.02)" });
  if (kind === "park") return new Fill({ color: "rgba(125,108,168,.20)" });
  if (kind === "site") return new Fill({ color: "rgba(183,121,31,.16)" });
  if (kind === "county") return new Fill({ color: "rgba(255,255,255,0.001)" });
  return feature.get("tint") ? new Fill({ color: feature.get("tint") }) : undefined;
}

/**
 * @param {boolean} over whether a base map lies under the areas
 * @returns {(feature: FeatureLike, resolution: number) => Style | undefined}
 */
function shapeStyle(over) {
  return (feature, resolution) => {
    const kind = kindOf(feature);
    const look = KINDS[kind];
    if (resolution > look.lines) return undefined;
    return new Style({
      zIndex: look.z,
      fill: fillOf(feature, kind, over),
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
  const kind = kindOf(feature);
  const look = KINDS[kind];
  if (resolution > look.names || (kind === "county" && resolution < 160)) return undefined;
  return new Style({
    zIndex: -look.z,
    text: new Text({
      text: spaced(feature.get("name"), kind),
      font: `${kind === "county" || kind === "township" ? 600 : 400} ${look.size}px ${FONT}`,
      fill: new Fill({ color: look.text }),
      stroke: new Stroke({ color: "rgba(255,254,249,.86)", width: 3.4 }),
      overflow: kind !== "grid",
    }),
  });
}

/**
 * The two layers of areas: shapes, and names above them that give way to each other.
 * @param {boolean} over whether a base map lies under them
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
