/**
 * The areas read onto a map: while they come the map says so, and where they do not it says why.
 * @import {DeskMap} from "./canvas.js"
 */
import { get, Refusal } from "../lib/api.js";
import { el } from "../lib/dom.js";
import { failure, loading, toast } from "../lib/states.js";

/**
 * A map that has areas already keeps them where they cannot be read anew; one without any shows the country.
 * @param {DeskMap} wall
 * @param {() => void} [drawn] called once they lie there, also after another try
 */
export async function readAreas(wall, drawn = () => undefined) {
  const host = /** @type {HTMLElement} */ (wall.map.getTargetElement());
  host.querySelectorAll(".map-wait").forEach((node) => node.remove());
  const wait = el("div.map-wait", {}, loading());
  if (wall.areaSource.isEmpty()) host.append(wait);
  try {
    wall.showAreas(await get("/areas.geojson"));
    drawn();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (!wall.view.isDef()) wall.fit(wall.whole());
    if (wall.areaSource.isEmpty()) host.append(el("div.map-wait", {}, failure(error, () => void readAreas(wall, drawn))));
    else toast(error.message, true);
  } finally {
    wait.remove();
  }
}
