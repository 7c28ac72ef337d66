/**
 * Check-ins on a map by the shape of their verdict; new ones drop in with a ring.
 * @import {Checkin} from "../wire"
 * @import {DeskMap} from "./canvas.js"
 * @import {Pointer} from "./pointing.js"
 */
import Feature from "ol/Feature.js";
import { easeOut } from "ol/easing.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import { getVectorContext } from "ol/render.js";
import VectorSource from "ol/source/Vector.js";
import { Circle, Stroke, Style } from "ol/style.js";
import { clock } from "../lib/time.js";
import { accuracyStyle, checkinStyle } from "./marks.js";

const DROP_MS = 2600;

/** @param {Checkin} checkin @returns {string} */
export function key(checkin) {
  return `checkin:${checkin.id}`;
}

/**
 * @param {DeskMap} desk
 * @param {Pointer} pointing
 */
export function checkinLayer(desk, pointing) {
  const source = new VectorSource();
  const discs = new VectorSource();
  const layer = new VectorLayer({ source, zIndex: 30, style: (feature) => style(feature.get("checkin")) });
  layer.set("marks", true);
  desk.map.addLayer(new VectorLayer({ source: discs, zIndex: 10, style: accuracyStyle() }));
  desk.map.addLayer(layer);

  /** @param {Checkin} checkin */
  function style(checkin) {
    const lit = pointing.now() === key(checkin);
    return checkinStyle(checkin.verdict.outcome, lit, `${checkin.person.name} ${clock(checkin.happened_at)}`);
  }

  pointing.hear((now, before) => {
    if (![now, before].some((one) => one?.startsWith("checkin:"))) return;
    discs.clear(true);
    const checkin = /** @type {Checkin | undefined} */ (now ? source.getFeatureById(now)?.get("checkin") : undefined);
    if (checkin?.position?.accuracy_m)
      discs.addFeature(new Feature(desk.disc(checkin.position.lng, checkin.position.lat, checkin.position.accuracy_m)));
    layer.changed();
  });

  /** @param {Checkin} checkin */
  function put(checkin) {
    if (!checkin.position) return null;
    const feature = new Feature(new Point(desk.place(checkin.position.lng, checkin.position.lat)));
    feature.setId(key(checkin));
    feature.set("key", key(checkin), true);
    feature.set("checkin", checkin, true);
    return feature;
  }

  return {
    /** @param {Checkin[]} checkins */
    show(checkins) {
      source.clear(true);
      source.addFeatures(checkins.map(put).filter((feature) => feature !== null));
    },
    /** @param {Checkin} checkin arriving now */
    drop(checkin) {
      const feature = put(checkin);
      if (!feature || source.getFeatureById(key(checkin))) return;
      source.addFeature(feature);
      ripple(desk, layer, /** @type {Point} */ (feature.getGeometry()));
    },
    /** @returns {Extent | undefined} around all that is shown */
    extent: () => (source.isEmpty() ? undefined : source.getExtent() || undefined),
    /** @param {string} id key @returns {number[] | undefined} */
    where: (id) => /** @type {Point | undefined} */ (source.getFeatureById(id)?.getGeometry())?.getCoordinates(),
  };
}

/** @typedef {import("ol/extent.js").Extent} Extent */

/**
 * A ring that widens and fades once.
 * @param {DeskMap} desk
 * @param {VectorLayer} layer
 * @param {Point} point
 */
function ripple(desk, layer, point) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const begin = performance.now();
  const listener = (/** @type {import("ol/render/Event.js").default} */ event) => {
    const share = (performance.now() - begin) / DROP_MS;
    if (share > 1) return layer.un("postrender", listener);
    const pen = getVectorContext(event);
    const eased = easeOut(share);
    pen.setStyle(
      new Style({
        image: new Circle({
          radius: 8 + 34 * eased,
          stroke: new Stroke({ color: `rgba(200,69,45,${1 - eased})`, width: 1 + 3 * (1 - eased) }),
        }),
      }),
    );
    pen.drawGeometry(point);
    return desk.map.render();
  };
  layer.on("postrender", listener);
  desk.map.render();
}
