/**
 * A campaign on the map: its projects in the middle of their areas, its matters where they are; a shape and a name each.
 * @import {Campaign} from "../wire"
 */
import Feature from "ol/Feature.js";
import GeoJSON from "ol/format/GeoJSON.js";
import { boundingExtent, getCenter } from "ol/extent.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { Circle, Fill, RegularShape, Stroke, Style, Text } from "ol/style.js";
import { get, Refusal } from "../lib/api.js";
import { t } from "../lib/desk.js";
import { toast } from "../lib/states.js";
import { makeMap } from "./canvas.js";

const WHITE = new Stroke({ color: "#fff", width: 2 });

/** @param {boolean} project @param {boolean} wrong @param {string} words */
function look(project, wrong, words) {
  const fill = new Fill({ color: wrong ? "#b3261e" : "#0b4f6c" });
  const image = project ? new RegularShape({ points: 4, radius: 10, angle: 0, fill, stroke: WHITE, declutterMode: "none" }) : new Circle({ radius: 7, fill, stroke: WHITE, declutterMode: "none" });
  const text = new Text({ text: words, offsetY: 11, textBaseline: "top", font: "12px sans-serif", fill: new Fill({ color: "#1d2a33" }), stroke: new Stroke({ color: "#fff", width: 3 }) });
  return new Style({ image, text });
}

/** @param {HTMLElement} frame @param {Campaign} campaign @returns {Promise<number>} how many marks were drawn */
export async function campaignMap(frame, campaign) {
  const desk = makeMap(frame, { label: t("地图：项目和事项") });
  const marks = new VectorSource();
  const layer = new VectorLayer({ source: marks, zIndex: 30, declutter: true });
  layer.set("marks", true);
  desk.map.addLayer(layer);
  /** @param {number[]} at @param {boolean} project @param {boolean} wrong @param {string} words */
  const put = (at, project, wrong, words) => {
    const feature = new Feature(new Point(at));
    feature.setStyle(look(project, wrong, words));
    marks.addFeature(feature);
  };
  for (const { lng, lat, overdue, id } of campaign.matters) {
    if (lng !== null && lat !== null) put(desk.place(lng, lat), false, overdue, t("事项 {id}", { id }));
  }
  try {
    const areas = await get("/areas.geojson");
    desk.showAreas(areas);
    const format = new GeoJSON();
    for (const one of areas.features) {
      const here = campaign.projects.filter((project) => project.area_id === one.properties.id);
      if (!here.length) continue;
      const geometry = /** @type {import("ol/geom/Geometry.js").default} */ (format.readGeometry(one.geometry));
      const [lng = 0, lat = 0] = getCenter(geometry.getExtent());
      const stopped = here.every((project) => project.stopped_on !== null);
      put(desk.place(lng, lat), true, stopped, here.map((project) => project.name).join("\n"));
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast(error.message, true);
  }
  const points = marks.getFeatures().map((feature) => /** @type {Point} */ (feature.getGeometry()).getCoordinates());
  desk.fit(points.length > 1 ? boundingExtent(points) : desk.whole());
  return points.length;
}
