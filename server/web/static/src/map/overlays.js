/**
 * Shapes laid over the areas: readings of a file, overlaps and gaps, what a version gained and lost. Each has its colour
 * and its dash, so that they are told apart without colour.
 * @import {DeskMap} from "./canvas.js"
 * @import {Extent} from "ol/extent.js"
 */
import GeoJSON from "ol/format/GeoJSON.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { Fill, Stroke, Style } from "ol/style.js";

/** @type {Record<string, {stroke: string, fill: string, dash?: number[]}>} */
export const LOOKS = {
  "WGS-84": { stroke: "#0b6e8f", fill: "rgba(11,110,143,.10)" },
  "GCJ-02": { stroke: "#b5541c", fill: "rgba(181,84,28,.10)", dash: [10, 5] },
  "BD-09": { stroke: "#6a3d9a", fill: "rgba(106,61,154,.10)", dash: [2, 5] },
  overlap: { stroke: "#b3261e", fill: "rgba(179,38,30,.40)" },
  gap: { stroke: "#8a5a12", fill: "rgba(222,170,60,.45)", dash: [5, 4] },
  gained: { stroke: "#1b7f4d", fill: "rgba(27,127,77,.32)" },
  lost: { stroke: "#b3261e", fill: "rgba(179,38,30,.28)", dash: [6, 4] },
};

/** @param {DeskMap} desk */
export function overlays(desk) {
  const source = new VectorSource();
  const format = new GeoJSON();
  let chosen = "";
  desk.map.addLayer(
    new VectorLayer({
      source,
      zIndex: 55,
      style: (feature) => {
        const look = LOOKS[feature.get("look")];
        const faint = chosen !== "" && feature.get("look") !== chosen;
        return new Style({
          zIndex: faint ? 0 : 1,
          fill: faint ? undefined : new Fill({ color: look?.fill || "transparent" }),
          stroke: new Stroke({ color: look?.stroke || "#000", width: faint ? 1 : 2.2, lineDash: look?.dash }),
        });
      },
    }),
  );
  return {
    clear() {
      source.clear(true);
      chosen = "";
    },
    /** @param {string} look @param {object} shape GeoJSON in WGS-84 */
    add(look, shape) {
      const features = format.readFeatures(shape, {
        dataProjection: "EPSG:4326",
        featureProjection: desk.projection,
      });
      for (const feature of features) feature.set("look", look);
      source.addFeatures(features);
    },
    /** @param {string} look the one drawn strongly; "" for all */
    choose(look) {
      chosen = look;
      source.changed();
    },
    /** @param {object} shape GeoJSON @returns {Extent} */
    extentOf(shape) {
      const geometry = format.readGeometry(shape, { dataProjection: "EPSG:4326", featureProjection: desk.projection });
      return geometry?.getExtent() || [];
    },
    /** @returns {Extent | undefined} */
    extent: () => (source.isEmpty() ? undefined : source.getExtent() || undefined),
  };
}
