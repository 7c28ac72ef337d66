/**
 * The map itself: projection, base map or areas, controls in the reader's language, the whole county in view.
 * @import {Extent} from "ol/extent.js"
 */
import OlMap from "ol/Map.js";
import View from "ol/View.js";
import Control from "ol/control/Control.js";
import ScaleLine from "ol/control/ScaleLine.js";
import Zoom from "ol/control/Zoom.js";
import { all, focusWithTabindex, noModifierKeys, primaryAction } from "ol/events/condition.js";
import { circular } from "ol/geom/Polygon.js";
import DragPan from "ol/interaction/DragPan.js";
import MouseWheelZoom from "ol/interaction/MouseWheelZoom.js";
import { defaults } from "ol/interaction/defaults.js";
import Kinetic from "ol/Kinetic.js";
import { createEmpty, extend, isEmpty } from "ol/extent.js";
import { transform } from "ol/proj.js";
import { desk, t } from "../lib/desk.js";
import { drawing, el } from "../lib/dom.js";
import { areaLayers, show } from "./areas.js";
import { baseLayers } from "./base.js";
import { projectionFor } from "./projection.js";

/** So many tiles in a row that do not come are no gap at the base map's edge. */
const MOST_FAILURES = 4;
const CHINA = { lng: 116.4, lat: 34.2 };

/**
 * @typedef {ReturnType<typeof makeMap>} DeskMap
 */

/**
 * @param {HTMLElement} target
 * @param {{label: string}} words the map's name for screen readers
 */
export function makeMap(target, { label }) {
  const tiles = desk.tiles;
  const projection = projectionFor(tiles);
  let based = Boolean(tiles);
  const areas = areaLayers(() => based);
  const view = new View({ projection, maxZoom: 19, minZoom: 3, constrainResolution: false });
  target.classList.add("map");
  target.tabIndex = 0;
  target.setAttribute("role", "application");
  target.setAttribute("aria-label", label);
  const map = new OlMap({
    target,
    view,
    interactions: defaults({ dragPan: false, mouseWheelZoom: false }).extend([
      new DragPan({ kinetic: new Kinetic(-0.005, 0.05, 100), condition: all(noModifierKeys, primaryAction, mayDrag) }),
      new MouseWheelZoom({ condition: mayZoom }),
    ]),
    layers: [...(tiles ? baseLayers(tiles, projection, hearTile) : []), ...areas.layers],
    controls: [
      new Zoom({ zoomInTipLabel: t("放大"), zoomOutTipLabel: t("缩小"), zoomOutLabel: "−" }),
      new ScaleLine(),
      home(() => fit(whole(), 250)),
    ],
  });
  if (tiles?.attribution) target.append(el("div.map-credit", {}, tiles.attribution));
  const missing = el("div.map-missing", { role: "status", hidden: true }, t("底图没有取到，只显示区域。"));
  if (tiles) target.append(missing);

  let failures = 0;

  /** @param {boolean} came whether a tile of the base map did; while none does, the areas are the map */
  function hearTile(came) {
    failures = came ? 0 : failures + 1;
    if (based === failures < MOST_FAILURES) return;
    based = !based;
    missing.hidden = based;
    areas.layers[0]?.changed();
  }

  /** @param {number} lng @param {number} lat WGS-84 degrees @returns {number[]} where it is drawn */
  const place = (lng, lat) => transform([lng, lat], "EPSG:4326", projection);

  /** @param {number} lng @param {number} lat @param {number} radius_m @returns a disc of true metres */
  const disc = (lng, lat, radius_m) => circular([lng, lat], radius_m, 64).transform("EPSG:4326", projection);

  /** @returns {Extent} all the areas; within the county when one is drawn */
  function whole() {
    const features = areas.source.getFeatures();
    const counties = features.filter((feature) => feature.get("kind") === "county");
    const extent = createEmpty();
    for (const feature of counties.length ? counties : features)
      extend(extent, feature.getGeometry()?.getExtent() || createEmpty());
    return extent;
  }

  /** @param {Extent} extent @param {number} [duration] ms */
  function fit(extent, duration = 0) {
    if (isEmpty(extent)) return view.animate({ center: place(CHINA.lng, CHINA.lat), zoom: 5, duration });
    return view.fit(extent, {
      padding: [34, 34, 34, document.querySelector(".map .legend[open]") && innerWidth > 900 ? 216 : 34],
      maxZoom: 16,
      duration,
    });
  }

  return {
    map,
    view,
    projection,
    place,
    disc,
    fit,
    whole,
    areaSource: areas.source,
    /** The areas' names as they are drawn where nothing else is: a page that writes them itself hides it. */
    plainNames: /** @type {import("ol/layer/Vector.js").default} */ (areas.layers[1]),
    /** @param {object} collection GeoJSON of areas */
    showAreas: (collection) => show(areas.source, collection, projection),
  };
}

/**
 * Whether a drag moves the map: a mouse's always does; a finger's moves the page until the map was tapped.
 * @param {import("ol/MapBrowserEvent.js").default<any>} event
 * @returns {boolean}
 */
const mayDrag = (event) => event.originalEvent.pointerType === "mouse" || focusWithTabindex(event);

/**
 * Whether the wheel zooms the map: at once where the page has nothing to scroll, elsewhere once the map was clicked.
 * @param {import("ol/MapBrowserEvent.js").default<any>} event
 * @returns {boolean}
 */
const mayZoom = (event) => document.documentElement.scrollHeight <= innerHeight || focusWithTabindex(event);

/**
 * The button that brings the whole county back.
 * @param {() => void} act
 * @returns {Control}
 */
function home(act) {
  const icon = drawing("0 0 16 16", [
    [
      "path",
      { d: "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4", fill: "none", stroke: "currentColor", "stroke-width": 1.8 },
    ],
  ]);
  const button = el("button", { type: "button", title: t("看全图"), "aria-label": t("看全图"), onclick: act }, icon);
  return new Control({ element: el("div.map-home.ol-control.ol-unselectable", {}, button) });
}
