/**
 * One boundary shown over the others, as when it is picked from a list.
 * @import {DeskMap} from "./canvas.js"
 * @import {Extent} from "ol/extent.js"
 * @import Feature from "ol/Feature.js"
 */
import GeoJSON from "ol/format/GeoJSON.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { Fill, Stroke, Style } from "ol/style.js";

/** @param {DeskMap} desk */
export function shown(desk) {
  const source = new VectorSource();
  desk.map.addLayer(
    new VectorLayer({
      source,
      zIndex: 60,
      style: new Style({
        fill: new Fill({ color: "rgba(200,69,45,.14)" }),
        stroke: new Stroke({ color: "#c8452d", width: 2.4 }),
      }),
    }),
  );
  return {
    /** @param {Feature} feature one that is on the map already */
    put(feature) {
      source.clear(true);
      source.addFeature(feature.clone());
    },
    /** @param {object} feature GeoJSON, WGS-84 @returns {Extent | undefined} where it lies */
    show(feature) {
      source.clear(true);
      source.addFeatures(
        new GeoJSON().readFeatures(feature, { dataProjection: "EPSG:4326", featureProjection: desk.projection }),
      );
      return source.isEmpty() ? undefined : source.getExtent() || undefined;
    },
  };
}
