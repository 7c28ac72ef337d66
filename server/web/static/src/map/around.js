/**
 * One matter on a small map, with the open ones around it; a click on one of those goes to its page.
 * @import {Matter} from "../wire"
 */
import { boundingExtent } from "ol/extent.js";
import { get } from "../lib/api.js";
import { t } from "../lib/desk.js";
import { makeMap } from "./canvas.js";
import { key, matterLayer } from "./matters.js";
import { follow, pointer } from "./pointing.js";

/** @param {HTMLElement} place @param {Matter} matter @param {Matter[]} others */
export async function aroundMap(place, matter, others) {
  const desk = makeMap(place, { label: t("地图：这件事项和附近的事项") });
  const pointing = pointer();
  const layer = matterLayer(desk, pointing);
  layer.show([...others, matter]);
  pointing.choose(key(matter), "list");
  follow(desk.map, pointing, ({ key: found }) => {
    if (found !== key(matter)) location.assign(`/matters/${found.slice("matter:".length)}`);
  });
  const places = [matter, ...others].flatMap(({ lng, lat }) => (lng === null || lat === null ? [] : [desk.place(lng, lat)]));
  desk.fit(boundingExtent(places));
  desk.showAreas(await get("/areas.geojson"));
}
