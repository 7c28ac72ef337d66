/**
 * The configured base map (XYZ or WMTS template); without one the areas themselves are the map.
 * @import {Tiles} from "../wire"
 * @import {Projection} from "ol/proj.js"
 */
import TileLayer from "ol/layer/Tile.js";
import WMTS from "ol/source/WMTS.js";
import XYZ from "ol/source/XYZ.js";
import WMTSTileGrid from "ol/tilegrid/WMTS.js";
import { getTopLeft, getWidth } from "ol/extent.js";
import { dark } from "./palette.js";

const ZOOMS = 19;

/**
 * @param {Tiles} tiles
 * @param {Projection} projection
 * @param {(came: boolean) => void} [heard] told of each tile whether it came
 * @returns {TileLayer[]} one layer for each address, in the order given; dimmed where the page is dark
 */
export function baseLayers(tiles, projection, heard = () => undefined) {
  return tiles.urls.map((url) => {
    const source = tiles.kind === "wmts" ? wmts(url, projection) : new XYZ({ url, projection, maxZoom: ZOOMS - 1 });
    source.on("tileloadend", () => heard(true));
    source.on("tileloaderror", () => heard(false));
    return new TileLayer({ source, opacity: dark ? 0.45 : 1 });
  });
}

/**
 * A WMTS source from a template with {TileMatrix}, {TileRow} and {TileCol} (or {z}, {y} and {x}), on the common web
 * mercator matrix set.
 * @param {string} url
 * @param {Projection} projection
 * @returns {WMTS}
 */
function wmts(url, projection) {
  const extent = projection.getExtent();
  const levels = Array.from({ length: ZOOMS }, (_, level) => level);
  const grid = new WMTSTileGrid({
    origin: getTopLeft(extent),
    matrixIds: levels.map(String),
    resolutions: levels.map((level) => getWidth(extent) / 256 / 2 ** level),
  });
  const template = url.replace("{z}", "{TileMatrix}").replace("{y}", "{TileRow}").replace("{x}", "{TileCol}");
  return new WMTS({
    url: template,
    requestEncoding: "REST",
    layer: "",
    matrixSet: "",
    style: "",
    projection,
    tileGrid: grid,
  });
}
