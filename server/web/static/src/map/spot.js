/**
 * One place on a small map, where somebody clicks.
 * @import {Spot} from "../lib/spot.js"
 */
import Feature from "ol/Feature.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { transform } from "ol/proj.js";
import { Circle, Fill, Stroke, Style } from "ol/style.js";
import { get } from "../lib/api.js";
import { me, t } from "../lib/desk.js";
import { makeMap } from "./canvas.js";

const MARK = new Style({
  image: new Circle({ radius: 8, fill: new Fill({ color: "#c8452d" }), stroke: new Stroke({ color: "#fff", width: 2.4 }) }),
});

/** @param {HTMLElement} target @param {(spot: Spot) => void} pressed */
export async function spotMap(target, pressed) {
  const areas = await get("/areas.geojson");
  const desk = makeMap(target, { label: t("地图：标出位置") });
  const source = new VectorSource();
  desk.map.addLayer(new VectorLayer({ source, zIndex: 80, style: MARK }));
  desk.showAreas(areas);
  const own = desk.areaSource.getFeatures().find((feature) => feature.get("name") === me().unit.name);
  desk.fit(own?.getGeometry()?.getExtent() || desk.whole());

  /** @param {number[]} coordinate @returns {Spot} */
  function spotOf(coordinate) {
    const [lng = 0, lat = 0] = transform(coordinate, desk.projection, "EPSG:4326").map((degree) => Number(degree.toFixed(6)));
    return { lng, lat };
  }
  desk.map.on("click", (event) => pressed(spotOf(event.coordinate)));
  return {
    middle: () => spotOf(desk.view.getCenter() || [0, 0]),
    /** @param {Spot | null} spot */
    show(spot) {
      source.clear();
      if (spot) source.addFeature(new Feature(new Point(desk.place(spot.lng, spot.lat))));
    },
  };
}
