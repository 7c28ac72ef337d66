/**
 * A trip's stops: areas or circles, each with its number and name.
 * @import {Stop} from "../wire"
 * @import {DeskMap} from "./canvas.js"
 * @import {Pointer} from "./pointing.js"
 */
import Feature from "ol/Feature.js";
import GeoJSON from "ol/format/GeoJSON.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { getCenter, getHeight } from "ol/extent.js";
import { stopNumberStyle, stopRoomStyle, stopStyle } from "./marks.js";

const LINE_PX = 18;
const MARK_PX = 8;
const HALF_LETTER_PX = 6.5;

/**
 * @param {DeskMap} desk
 * @param {Pointer} pointing
 * @param {{raised?: boolean}} [how] `raised`: numbers stand above their places, which marks lie on
 */
export function stopLayer(desk, pointing, { raised = false } = {}) {
  /** @param {import("ol/Feature.js").FeatureLike} feature @param {number} resolution */
  const above = (feature, resolution) => (raised ? below(feature, resolution) : 0);
  /** @type {number[][]} where marks lie on the map */
  let crowd = [];
  /** @param {import("ol/Feature.js").FeatureLike} feature @param {number} resolution @returns {number} how far below its middle the name stands: where it covers the fewest marks */
  const named = (feature, resolution) => {
    const [near, up] = [below(feature, resolution), above(feature, resolution)];
    const places = [near, -up - LINE_PX, near + LINE_PX, -up - 2 * LINE_PX, near + 2 * LINE_PX];
    const counts = places.map((down) => covered(feature, resolution, down));
    return Number(places[crowd.length ? counts.indexOf(Math.min(...counts)) : 0]);
  };
  /** @param {import("ol/Feature.js").FeatureLike} feature @param {number} resolution @param {number} down @returns {number} marks under a name there */
  function covered(feature, resolution, down) {
    const [x, y] = /** @type {[number, number]} */ (/** @type {Point} */ (feature.getGeometry()).getCoordinates());
    const half = feature.get("name").length * HALF_LETTER_PX + MARK_PX;
    return crowd.filter(
      ([right = 0, up = 0]) =>
        Math.abs(right - x) < half * resolution && Math.abs(y - up - down * resolution) < (LINE_PX / 2 + MARK_PX) * resolution,
    ).length;
  }
  const grounds = new VectorSource();
  const numbers = new VectorSource();
  const ground = new VectorLayer({
    source: grounds,
    zIndex: 5,
    style: (feature) => stopStyle(pointing.now() === feature.get("key")),
  });
  const number = new VectorLayer({
    source: numbers,
    zIndex: 15,
    declutter: false,
    style: (feature, resolution) =>
      stopNumberStyle(feature.get("number"), feature.get("name"), pointing.now() === feature.get("key"), named(feature, resolution), above(feature, resolution)),
  });
  const room = new VectorLayer({ source: numbers, zIndex: 15, declutter: true, style: (feature, resolution) => stopRoomStyle(feature.get("name"), named(feature, resolution), above(feature, resolution)) });
  number.set("marks", true);
  desk.map.addLayer(ground);
  desk.map.addLayer(number);
  desk.map.addLayer(room);
  pointing.hear((now, before) => {
    if (![now, before].some((one) => one?.startsWith("stop:"))) return;
    ground.changed();
    number.changed();
  });

  /** @param {Stop} stop @param {number} index @param {Record<number, object>} shapes GeoJSON features by area id */
  function put(stop, index, shapes) {
    const geometry = geometryOf(stop, shapes);
    if (!geometry) return;
    const reach = stop.area_id === null ? getHeight(geometry.getExtent()) / 2 : 0;
    const facts = { key: `stop:${stop.id}`, number: index + 1, name: stop.name, reach };
    const middle =
      stop.lng !== null && stop.lat !== null ? desk.place(stop.lng, stop.lat) : getCenter(geometry.getExtent());
    grounds.addFeature(new Feature({ geometry, ...facts }));
    numbers.addFeature(new Feature({ geometry: new Point(middle), ...facts }));
  }

  /** @param {Stop} stop @param {Record<number, object>} shapes */
  function geometryOf(stop, shapes) {
    if (stop.area_id !== null && shapes[stop.area_id]) {
      const read = new GeoJSON().readFeature(shapes[stop.area_id], {
        dataProjection: "EPSG:4326",
        featureProjection: desk.projection,
      });
      return /** @type {Feature} */ (read).getGeometry();
    }
    if (stop.lng === null || stop.lat === null) return undefined;
    return desk.disc(stop.lng, stop.lat, stop.radius_m || 50);
  }

  return {
    /** @param {Stop[]} stops @param {Record<number, object>} shapes */
    show(stops, shapes) {
      grounds.clear(true);
      numbers.clear(true);
      stops.forEach((stop, index) => put(stop, index, shapes));
    },
    /** Names leave the marks that lie here free, as far as they can. @param {number[][]} places */
    avoid(places) {
      crowd = places;
      number.changed();
      room.changed();
    },
    /** @returns {import("ol/extent.js").Extent | undefined} */
    extent: () => (grounds.isEmpty() ? undefined : grounds.getExtent() || undefined),
  };
}

/**
 * @param {import("ol/Feature.js").FeatureLike} feature
 * @param {number} resolution
 * @returns {number} how far below the middle of a stop its name stands, and above it a raised number, in pixels: off its disc, where check-ins lie
 */
function below(feature, resolution) {
  return Math.max(21, Math.min(feature.get("reach") / resolution + 11, 160));
}
