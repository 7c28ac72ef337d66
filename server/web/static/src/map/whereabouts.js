/**
 * Where the person whose track is played was at the instant shown; hollow, and said in words, where it was not measured.
 * @import {DeskMap} from "./canvas.js"
 * @import {Where} from "../lib/along.js"
 */
import Feature from "ol/Feature.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { t } from "../lib/desk.js";
import { whereStyle } from "./marks.js";

/** @param {DeskMap} desk */
export function whereaboutsLayer(desk) {
  const point = new Point([0, 0]);
  const here = new Feature(point);
  const source = new VectorSource();
  desk.map.addLayer(new VectorLayer({ source, zIndex: 50, updateWhileAnimating: true, updateWhileInteracting: true }));

  return {
    /** @param {Where | null} where @param {string} name whose */
    show(where, name) {
      if (!where) return (source.clear(true), source.changed());
      here.setStyle(whereStyle(where.measured, where.measured ? name : t("{name} · 未测", { name })));
      point.setCoordinates(desk.place(where.lng, where.lat));
      if (source.isEmpty()) source.addFeature(here);
    },
    /** @returns {number[] | null} where it is drawn */
    at: () => (source.isEmpty() ? null : point.getCoordinates()),
  };
}
