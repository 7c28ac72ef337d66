/**
 * Drawing a boundary on the map: a new one or a version of one that is there; its vertices snap to those around, holes
 * are cut out of it, a line cuts it in two.
 * @import {DeskMap} from "./canvas.js"
 */
import Feature from "ol/Feature.js";
import GeoJSON from "ol/format/GeoJSON.js";
import LineString from "ol/geom/LineString.js";
import MultiPoint from "ol/geom/MultiPoint.js";
import MultiPolygon from "ol/geom/MultiPolygon.js";
import Polygon from "ol/geom/Polygon.js";
import Draw from "ol/interaction/Draw.js";
import Modify from "ol/interaction/Modify.js";
import Snap from "ol/interaction/Snap.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { Circle, Fill, Stroke, Style } from "ol/style.js";

const SNAP_PX = 12;

/** @typedef {"" | "part" | "hole" | "cut"} Drawn what is drawn next */

/** @param {DeskMap} desk @param {() => void} changed called after each change of the sketch */
export function sketch(desk, changed) {
  const source = new VectorSource();
  const format = new GeoJSON();
  const how = { dataProjection: "EPSG:4326", featureProjection: desk.projection, decimals: 8 };
  const stroke = new Stroke({ color: "#c8452d", width: 2.4 });
  const layer = new VectorLayer({
    source,
    zIndex: 70,
    style: [
      new Style({ stroke, fill: new Fill({ color: "rgba(200,69,45,.16)" }) }),
      new Style({
        geometry: (feature) => corners(/** @type {MultiPolygon} */ (feature.getGeometry())),
        image: new Circle({ radius: 4, fill: new Fill({ color: "#fff" }), stroke }),
      }),
    ],
  });
  const modify = new Modify({ source });
  const snaps = [
    new Snap({ source: desk.areaSource, pixelTolerance: SNAP_PX }),
    new Snap({ source, pixelTolerance: SNAP_PX }),
  ];
  /** @type {Draw | null} */
  let drawing = null;
  /** @type {Drawn} what the stroke under way will be */
  let stroking = "";
  /** @type {unknown} the shape of that stroke so far */
  let under = null;
  /** @type {MultiPolygon[][]} */
  let past = [];

  const shapes = () => source.getFeatures().map((one) => /** @type {MultiPolygon} */ (one.getGeometry()));

  /** @param {MultiPolygon[]} wanted */
  function put(wanted) {
    source.clear(true);
    source.addFeatures(wanted.map((shape) => new Feature(shape)));
    changed();
  }

  function remember() {
    past.push(shapes().map((shape) => shape.clone()));
  }

  modify.on("modifystart", remember);
  modify.on("modifyend", () => changed());

  /** Take up what was being drawn, so that the next stroke is another one. */
  function rest() {
    if (drawing) desk.map.removeInteraction(drawing);
    drawing = null;
    stroking = "";
    under = null;
    modify.setActive(true);
  }

  /** @param {KeyboardEvent} event a stroke's last point taken back, the stroke ended or given up */
  function key(event) {
    if (!drawing || document.querySelector("dialog[open]") || /** @type {Element} */ (event.target).closest?.("input, select, textarea")) return;
    if (event.key === "Backspace") drawing.removeLastPoint();
    else if (event.key === "Enter" && !/** @type {Element} */ (event.target).closest?.("button, a")) {
      if (points() >= (stroking === "cut" ? 2 : 3)) drawing.finishDrawing();
    }
    else if (event.key === "Escape") {
      rest();
      changed();
    } else return;
    event.preventDefault();
  }

  /** @returns {number} how many points of the stroke under way stand; the one under the pointer and the closing one do not */
  function points() {
    if (under instanceof LineString) return under.getCoordinates().length - 1;
    return under instanceof Polygon ? (under.getCoordinates()[0]?.length || 0) - 2 : 0;
  }

  /**
   * Let one line or polygon be drawn.
   * @param {Exclude<Drawn, "">} what
   * @param {(shape: Polygon | LineString) => void} drawn
   */
  function draw(what, drawn) {
    rest();
    stroking = what;
    modify.setActive(false);
    const type = what === "cut" ? "LineString" : "Polygon";
    drawing = new Draw({ type, style: new Style({ stroke: new Stroke({ color: "#c8452d", width: 2, lineDash: [6, 4] }) }) });
    drawing.on("drawstart", (event) => {
      under = event.feature.getGeometry();
    });
    drawing.on("drawend", (event) => {
      const shape = /** @type {Polygon | LineString} */ (event.feature.getGeometry());
      // Not before the double click that ended it is over: without the drawing it would zoom the map.
      setTimeout(() => {
        rest();
        drawn(shape);
      });
    });
    for (const snap of snaps) desk.map.removeInteraction(snap);
    desk.map.addInteraction(drawing);
    for (const snap of snaps) desk.map.addInteraction(snap);
    desk.map.getTargetElement()?.focus({ preventScroll: true });
    changed();
  }

  return {
    /** @param {object} [feature] GeoJSON of the boundary to change; none for a new one */
    begin(feature) {
      past = [];
      document.addEventListener("keydown", key);
      desk.map.addLayer(layer);
      desk.map.addInteraction(modify);
      for (const snap of snaps) desk.map.addInteraction(snap);
      if (feature) put([asMany(/** @type {Feature} */ (format.readFeature(feature, how)).getGeometry())]);
      else this.draw();
    },
    end() {
      rest();
      document.removeEventListener("keydown", key);
      source.clear(true);
      desk.map.removeLayer(layer);
      for (const each of [modify, ...snaps]) desk.map.removeInteraction(each);
    },
    /** Draw one more part. */
    draw() {
      draw("part", (shape) => {
        remember();
        const [first, ...others] = shapes();
        const parts = [...(first?.getPolygons() || []), /** @type {Polygon} */ (shape)];
        put([new MultiPolygon(parts), ...others]);
      });
    },
    /** Cut a hole where one is drawn. @param {() => void} missed called where it does not lie within a part */
    hole(missed) {
      draw("hole", (shape) => {
        const ring = /** @type {Polygon} */ (shape).getCoordinates()[0] || [];
        const around = shapes()
          .flatMap((each) => each.getPolygons())
          .find((part) => ring.every((point) => part.intersectsCoordinate(point)));
        if (!around) return missed();
        remember();
        const cut = shapes().map((each) => new MultiPolygon(each.getPolygons().map((part) => pierced(part, around, ring))));
        return put(cut);
      });
    },
    /** @param {(line: number[][]) => void} drawn hears the line in WGS-84 */
    line(drawn) {
      draw("cut", (shape) => {
        const line = /** @type {{coordinates: number[][]}} */ (format.writeGeometryObject(shape, how));
        drawn(line.coordinates);
      });
    },
    /** @param {object[]} pieces GeoJSON geometries that take the place of what is drawn */
    replace(pieces) {
      remember();
      put(pieces.map((piece) => asMany(format.readGeometry(piece, how))));
    },
    undo() {
      rest();
      put(past.pop() || shapes());
    },
    /** @returns {Drawn} what is being drawn; "" while vertices may be dragged */
    stroking: () => stroking,
    undoable: () => past.length > 0,
    /** @returns {object[]} what is drawn, as GeoJSON geometries in WGS-84 */
    drawn: () => shapes().map((shape) => format.writeGeometryObject(shape, how)),
  };
}

/** @param {Polygon} part @param {Polygon} around @param {number[][]} ring */
function pierced(part, around, ring) {
  return part.getCoordinates().join() === around.getCoordinates().join()
    ? new Polygon([...part.getCoordinates(), ring])
    : part;
}

/** @param {unknown} geometry @returns {MultiPolygon} */
function asMany(geometry) {
  return geometry instanceof Polygon ? new MultiPolygon([geometry]) : /** @type {MultiPolygon} */ (geometry);
}

/** @param {MultiPolygon} shape @returns {MultiPoint} its vertices */
function corners(shape) {
  return new MultiPoint(shape.getCoordinates().flat(2));
}
