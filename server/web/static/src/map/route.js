/**
 * The line a patrol walks.
 * @import {DeskMap} from "./canvas.js"
 */
import Feature from "ol/Feature.js";
import LineString from "ol/geom/LineString.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { Stroke, Style } from "ol/style.js";
import { palette } from "./palette.js";

/** @param {DeskMap} desk */
export function routeLayer(desk) {
  const source = new VectorSource();
  const style = [
    new Style({ stroke: new Stroke({ color: palette.halo, width: 6 }) }),
    new Style({ stroke: new Stroke({ color: palette.person, width: 2.6, lineDash: [9, 5] }) }),
  ];
  desk.map.addLayer(new VectorLayer({ source, style, zIndex: 6 }));
  return {
    /** @param {number[][]} route lng, lat in WGS-84 degrees */
    show(route) {
      source.clear(true);
      if (route.length < 2) return;
      const line = new LineString(route.map(([lng, lat]) => desk.place(Number(lng), Number(lat))));
      source.addFeature(new Feature({ geometry: line }));
    },
  };
}
