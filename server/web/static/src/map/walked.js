/**
 * Grids by when somebody last walked them: green lately, hatched where nobody has, the closer where nobody ever did; with a
 * mark, and how long ago in words. Each is painted over the colours of the land, which would say something else here.
 * @import {Grid} from "../wire"
 * @import {DeskMap} from "./canvas.js"
 */
import { createEmpty, extend, isEmpty } from "ol/extent.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { Fill, Stroke, Style, Text } from "ol/style.js";
import { palette } from "./palette.js";

const FONT = '12px "PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif';
const WALKED = new Fill({ color: "#cfe3d8" });
const WORDS_BELOW = 22;
const NAMES_BELOW = 14;

/** Slanting lines on the paper: seen without colour too. @param {number} apart in pixels @returns {CanvasPattern | string} */
function hatch(apart) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = apart;
  const pen = tile.getContext("2d");
  if (!pen) return `rgba(${palette.seal},.3)`;
  pen.fillStyle = "#fffefb";
  pen.fillRect(0, 0, apart, apart);
  pen.strokeStyle = `rgba(${palette.seal},.75)`;
  pen.lineWidth = 1.4;
  for (const shift of [-apart, 0, apart]) {
    pen.moveTo(shift, apart);
    pen.lineTo(shift + apart, 0);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat") || `rgba(${palette.seal},.3)`;
}

/** @param {DeskMap} desk */
export function walkedLayer(desk) {
  const source = new VectorSource();
  const before = new Fill({ color: /** @type {any} */ (hatch(18)) });
  const never = new Fill({ color: /** @type {any} */ (hatch(7)) });
  /** @param {import("ol/Feature.js").FeatureLike} feature @param {number} resolution */
  const style = (feature, resolution) => {
    const walked = Boolean(feature.get("walked"));
    const ever = Boolean(feature.get("ever"));
    const mark = walked ? "✓" : ever ? "○" : "–";
    const name = resolution < NAMES_BELOW ? `${feature.get("name")}\n` : "";
    return new Style({
      fill: walked ? WALKED : ever ? before : never,
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
        shape.setProperties({ walked: grid.walked, ever: grid.last_walked_at !== null, lately: lately(grid), name: grid.area.name });
        source.addFeature(shape);
        extend(extent, shape.getGeometry()?.getExtent() || createEmpty());
      }
      desk.fit(isEmpty(extent) ? desk.whole() : extent);
    },
    /** @param {number} area */
    go(area) {
      const found = source.getFeatures().find((feature) => feature.get("id") === area);
      if (found) desk.fit(found.getGeometry()?.getExtent() || createEmpty(), 250);
    },
  };
}
