/**
 * Grids by whether somebody has walked them: hatched where nobody has, a mark and how long ago in words.
 * @import {Grid} from "../wire"
 * @import {DeskMap} from "./canvas.js"
 */
import { createEmpty, extend } from "ol/extent.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { Fill, Stroke, Style, Text } from "ol/style.js";
import { palette } from "./palette.js";

const FONT = '12px "PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif';
const WALKED = new Fill({ color: "rgba(46,125,90,.22)" });
const WORDS_BELOW = 22;
const NAMES_BELOW = 14;

/** Slanting lines: seen without colour too. @returns {CanvasPattern | string} */
function hatch() {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  if (!pen) return `rgba(${palette.seal},.3)`;
  pen.strokeStyle = `rgba(${palette.seal},.75)`;
  pen.lineWidth = 1.4;
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift, 8);
    pen.lineTo(shift + 8, 0);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat") || `rgba(${palette.seal},.3)`;
}

/** @param {DeskMap} desk */
export function walkedLayer(desk) {
  const source = new VectorSource();
  const slanting = new Fill({ color: /** @type {any} */ (hatch()) });
  /** @param {import("ol/Feature.js").FeatureLike} feature @param {number} resolution */
  const style = (feature, resolution) => {
    const walked = Boolean(feature.get("walked"));
    const mark = walked ? "✓" : "○";
    const name = resolution < NAMES_BELOW ? `${feature.get("name")}\n` : "";
    return new Style({
      fill: walked ? WALKED : slanting,
      stroke: new Stroke({ color: walked ? palette.line : `rgb(${palette.seal})`, width: 1.2 }),
      text: new Text({
        text: resolution < WORDS_BELOW ? `${name}${mark} ${feature.get("lately")}` : mark,
        font: FONT,
        fill: new Fill({ color: palette.ink }),
        stroke: new Stroke({ color: palette.halo, width: 3.4 }),
      }),
    });
  };
  desk.map.addLayer(new VectorLayer({ source, style, zIndex: 8, declutter: true }));

  return {
    /** @param {Grid[]} grids @param {(grid: Grid) => string} lately */
    show(grids, lately) {
      source.clear(true);
      const shapes = new Map(desk.areaSource.getFeatures().map((feature) => [feature.get("id"), feature]));
      const extent = createEmpty();
      for (const grid of grids) {
        const shape = shapes.get(grid.area.id)?.clone();
        if (!shape) continue;
        shape.setProperties({ walked: grid.walked, lately: lately(grid), name: grid.area.name });
        source.addFeature(shape);
        extend(extent, shape.getGeometry()?.getExtent() || createEmpty());
      }
      desk.fit(grids.length ? extent : desk.whole());
    },
    /** @param {number} area */
    go(area) {
      const found = source.getFeatures().find((feature) => feature.get("id") === area);
      if (found) desk.fit(found.getGeometry()?.getExtent() || createEmpty(), 250);
    },
  };
}
