/**
 * Open matters on a map: diamonds with a word in them, which says when one is overdue; switched on and off.
 * @import {Matter} from "../wire"
 * @import {DeskMap} from "./canvas.js"
 * @import {Pointer} from "./pointing.js"
 */
import Feature from "ol/Feature.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { Fill, RegularShape, Stroke, Style, Text } from "ol/style.js";
import { t } from "../lib/desk.js";
import { el } from "../lib/dom.js";
import { deadline } from "../lib/matters.js";
import { word } from "../lib/words.js";

export const OPEN = "#6a4a14";
export const OVER = "#a83521";

/** @param {Matter} matter @returns {string} */
export function key(matter) {
  return `matter:${matter.id}`;
}

/** The one character in its diamond. @param {boolean} over @returns {string} */
export const letter = (over) => (over ? t("超") : t("事"));

/** @param {boolean} over @param {boolean} lit @returns {Style} */
function style(over, lit) {
  const colour = over ? OVER : OPEN;
  return new Style({
    zIndex: lit ? 2 : over ? 1 : 0,
    image: new RegularShape({
      points: 4,
      radius: lit ? 16 : 13,
      fill: new Fill({ color: "#fffefb" }),
      stroke: new Stroke({ color: colour, width: over ? 3.2 : 2 }),
    }),
    text: new Text({ text: letter(over), font: "600 10.5px 'Noto Sans CJK SC','Microsoft YaHei',sans-serif", fill: new Fill({ color: colour }), offsetY: 0.5 }),
  });
}

/**
 * @param {DeskMap} desk
 * @param {Pointer} pointing
 */
export function matterLayer(desk, pointing) {
  const source = new VectorSource();
  const layer = new VectorLayer({
    source,
    zIndex: 28,
    style: (feature) => style(feature.get("matter").overdue, pointing.now() === feature.get("key")),
  });
  layer.set("marks", true);
  desk.map.addLayer(layer);
  pointing.hear((now, before) => {
    if ([now, before].some((one) => one?.startsWith("matter:"))) layer.changed();
  });

  /** @param {Matter} matter */
  function put(matter) {
    if (matter.lng === null || matter.lat === null) return [];
    const feature = new Feature(new Point(desk.place(matter.lng, matter.lat)));
    feature.setId(key(matter));
    feature.set("key", key(matter), true);
    feature.set("matter", matter, true);
    return [feature];
  }

  return {
    /** @param {Matter[]} matters */
    show(matters) {
      source.clear(true);
      source.addFeatures(matters.flatMap(put));
    },
    /** @param {string} id key @returns {number[] | undefined} */
    where: (id) => /** @type {Point | undefined} */ (source.getFeatureById(id)?.getGeometry())?.getCoordinates(),
    /** @param {string} id key @returns {Matter | undefined} */
    one: (id) => /** @type {Matter | undefined} */ (source.getFeatureById(id)?.get("matter")),
    /** @returns {import("ol/extent.js").Extent | undefined} around all that is shown */
    extent: () => (source.isEmpty() ? undefined : source.getExtent() || undefined),
  };
}

/** What a card says of a matter. @param {Matter} matter @returns {Node[]} */
export function matterCard(matter) {
  const facts = [matter.category?.name, word("matter", matter.state), matter.holder.name].filter(Boolean).join(" · ");
  const clock = deadline(matter);
  return [
    el("p", {}, el("a", { href: `/matters/${matter.id}` }, t("事项 {n}", { n: matter.id })), " ", matter.place),
    el("p.clip-lines", {}, matter.text),
    el("p", {}, facts),
    ...(clock ? [el("p", {}, clock)] : []),
  ];
}
