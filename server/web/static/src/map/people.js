/**
 * People on duty as dots; those at one place share a dot with their number.
 * @import {Place} from "../wire"
 * @import {DeskMap} from "./canvas.js"
 * @import {Pointer} from "./pointing.js"
 */
import Feature from "ol/Feature.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import Cluster from "ol/source/Cluster.js";
import VectorSource from "ol/source/Vector.js";
import { t } from "../lib/desk.js";
import { ago } from "../lib/time.js";
import { personStyle } from "./marks.js";

/**
 * @param {DeskMap} desk
 * @param {Pointer} pointing
 * @param {{ageOf: (place: Place) => number, silent: (place: Place) => boolean}} about a place's age now (s), and
 *   whether that person's phone is silent
 */
export function peopleLayer(desk, pointing, { ageOf, silent }) {
  const points = new VectorSource();
  const source = new Cluster({
    source: points,
    distance: 20,
    createCluster: (point, members) => cluster(point, members),
  });
  const layer = new VectorLayer({
    source,
    zIndex: 40,
    declutter: true,
    style: (feature) => style(/** @type {Place[]} */ (feature.get("places"))),
  });
  layer.set("marks", true);

  /** @param {Place[]} places */
  function style(places) {
    const age_s = Math.min(...places.map(ageOf));
    const lit = places.some((place) => pointing.now() === key(place));
    return personStyle({ names: places.map(name), age_s, words: ago(age_s), lit });
  }

  /** @param {Place} place */
  function name(place) {
    return silent(place) ? `${place.person.name} · ${t("手机失联")}` : place.person.name;
  }

  pointing.hear((now, before) => [now, before].some((one) => one?.startsWith("person:")) && layer.changed());
  desk.map.addLayer(layer);

  return {
    /** @param {Place[]} places */
    show(places) {
      points.clear(true);
      points.addFeatures(
        places.map((place) => {
          const feature = new Feature(new Point(desk.place(place.position.lng, place.position.lat)));
          feature.set("place", place, true);
          return feature;
        }),
      );
    },
    /** Ages have moved on: draw again. */
    refresh: () => layer.changed(),
  };
}

/** @param {Place} place @returns {string} */
export function key(place) {
  return `person:${place.person.id}`;
}

/**
 * @param {Point} point
 * @param {Feature[]} members
 * @returns {Feature}
 */
function cluster(point, members) {
  const feature = new Feature(point);
  const places = members.map((member) => /** @type {Place} */ (member.get("place")));
  feature.set("places", places, true);
  if (places[0]) feature.set("key", key(places[0]), true);
  return feature;
}
