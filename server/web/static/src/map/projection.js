/**
 * The projection the map is drawn in: the base map's own, so that its tiles are drawn untouched and sharp while areas
 * and people are moved to them. For a GCJ-02 source that is web mercator over GCJ-02 degrees.
 * @import {Tiles} from "../wire"
 */
import { addCoordinateTransforms, addProjection, fromLonLat, get, Projection, toLonLat } from "ol/proj.js";
import { fromGcj, toGcj } from "./datum.js";

const RADIUS_M = 6378137;
const EDGE = Math.PI * RADIUS_M;

/** @param {number[]} point @returns {import("./datum.js").LngLat} */
const degrees = (point) => /** @type {import("./datum.js").LngLat} */ (toLonLat(point));

/** @param {number[]} place @returns {import("./datum.js").LngLat} */
const pair = (place) => /** @type {import("./datum.js").LngLat} */ (place);

/** @returns {Projection} web mercator whose degrees are GCJ-02, known to OpenLayers with its transforms */
function gcjMercator() {
  const projection = new Projection({
    code: "GCJ-02:3857",
    units: "m",
    extent: [-EDGE, -EDGE, EDGE, EDGE],
    global: true,
    getPointResolution: (resolution, point) => resolution / Math.cosh(Number(point[1]) / RADIUS_M),
  });
  addProjection(projection);
  addCoordinateTransforms(
    "EPSG:4326",
    projection,
    (place) => fromLonLat(toGcj(pair(place))),
    (point) => fromGcj(degrees(point)),
  );
  addCoordinateTransforms(
    "EPSG:3857",
    projection,
    (point) => fromLonLat(toGcj(degrees(point))),
    (point) => fromLonLat(fromGcj(degrees(point))),
  );
  return projection;
}

/**
 * @param {Tiles | null} tiles
 * @returns {Projection}
 */
export function projectionFor(tiles) {
  if (tiles?.datum === "GCJ-02") return gcjMercator();
  return /** @type {Projection} */ (get("EPSG:3857"));
}
