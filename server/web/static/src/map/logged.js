/**
 * The filtered log on a map: few check-ins each by its verdict's shape, those that lie together on a plate with their
 * number; many as discs that say how many. Plates and discs open.
 * @import {Checkin} from "../wire"
 */
import Feature from "ol/Feature.js";
import Overlay from "ol/Overlay.js";
import { boundingExtent, getHeight, getWidth } from "ol/extent.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import { transformExtent } from "ol/proj.js";
import VectorSource from "ol/source/Vector.js";
import { Circle, Fill, Stroke, Style, Text } from "ol/style.js";
import { get, Refusal } from "../lib/api.js";
import { t } from "../lib/desk.js";
import { el, fill } from "../lib/dom.js";
import { askReason, unexplained } from "../lib/looks.js";
import { failure, toast } from "../lib/states.js";
import { checkinCard } from "../lib/story.js";
import { arrivalLayer } from "./arrivals.js";
import { makeMap } from "./canvas.js";
import { follow, pointer } from "./pointing.js";

/** @typedef {{lng: number, lat: number, count: number | null}} Cell */

const SETTLES_MS = 350;
const OPEN_ZOOM = 15.5;

/**
 * @param {HTMLElement} place
 * @returns {{read: (filters: Record<string, string>) => Promise<void>}}
 */
export function loggedMap(place) {
  const frame = el("div.map-frame.map-tall", {});
  const note = el("p.under.map-words", { role: "status" });
  fill(place, frame, note);
  const desk = makeMap(frame, { label: t("地图：筛选出的签到") });
  const pointing = pointer();
  const marks = arrivalLayer(desk, pointing);
  const discs = new VectorSource();
  const layer = new VectorLayer({ source: discs, zIndex: 29, style: (feature) => cellStyle(feature.get("count")) });
  layer.set("marks", true);
  desk.map.addLayer(layer);
  const card = el("div.map-card", { hidden: true });
  const over = new Overlay({ element: card, positioning: "bottom-center", stopEvent: false });
  desk.map.addOverlay(over);
  /** @type {Map<string, Checkin>} */
  const drawn = new Map();
  /** @type {Record<string, string>} */
  let filters = {};
  let turn = 0;
  let framed = false;
  let moved = 0;

  /** @param {Record<string, string>} wanted */
  async function read(wanted) {
    filters = wanted;
    framed = false;
    await draw({});
  }

  /** @param {Record<string, number>} edges of what is in view; none for all @returns {Promise<unknown>} */
  async function draw(edges) {
    const mine = ++turn;
    if (unexplained(filters)) return explain(edges);
    try {
      const answer = await get("/log/map", { ...filters, ...edges });
      if (mine === turn) show(answer);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (mine !== turn) return undefined;
      if (error.code === "reason_needed") return explain(edges);
      fill(note, failure(error, () => void draw(edges)));
    }
    return undefined;
  }

  /** Say why, then draw. @param {Record<string, number>} edges @returns {Promise<unknown>} */
  async function explain(edges) {
    if (await askReason({ title: t("查看日志地图") })) return draw(edges);
    const ask = () => void explain(edges);
    const again = el("button.button.button-small", { type: "button", onclick: ask }, t("说明理由"));
    return fill(note, t("说明理由后可查看位置"), " ", again);
  }

  /** @param {{items: Checkin[], cells: Cell[], cut: boolean}} answer */
  function show({ items, cells, cut }) {
    drawn.clear();
    for (const item of items) drawn.set(`checkin:${item.id}`, item);
    marks.show(items);
    discs.clear(true);
    discs.addFeatures(cells.map(disc));
    const places = [...items.flatMap((item) => (item.position ? [item.position] : [])), ...cells];
    tellNote(places.length, cells.length > 0, cut);
    if (framed) return;
    framed = true;
    if (places.length) desk.fit(boundingExtent(places.map((one) => desk.place(one.lng, one.lat))));
    else desk.fit(desk.whole());
  }

  /** @param {number} count @param {boolean} gathered @param {boolean} cut */
  function tellNote(count, gathered, cut) {
    const words = !count
      ? t("筛选出的签到都没有可以画出的位置。")
      : gathered
        ? t("签到较多，按方格合并；放大后逐个显示。")
        : t("共画出 {n} 个签到。", { n: count });
    fill(note, words, cut ? [" ", t("只画最近的 20000 个。")] : null);
  }

  /** @param {Cell} cell */
  function disc(cell) {
    const feature = new Feature(new Point(desk.place(cell.lng, cell.lat)));
    feature.set("count", cell.count, true);
    feature.set("key", `cell:${cell.lng},${cell.lat}`, true);
    return feature;
  }

  /** @param {{key: string, keys?: string[]}} found */
  function chosen({ key, keys = [] }) {
    if (keys.length > 1) return open(key, boundingExtent(marks.places(keys)));
    if (key.startsWith("cell:")) {
      const [lng = 0, lat = 0] = key.slice(5).split(",").map(Number);
      return desk.view.animate({ center: desk.place(lng, lat), zoom: (desk.view.getZoom() || 8) + 2, duration: 250 });
    }
    const trip = drawn.get(key)?.trip;
    if (trip) location.assign(`/trips/${trip.id}`);
    return undefined;
  }

  /** @param {string} key of a plate @param {number[]} extent of what shares it: nearer, or fanned out where nearer is of no use */
  function open(key, extent) {
    const apart = Math.max(getWidth(extent), getHeight(extent)) / desk.view.getResolutionForZoom(OPEN_ZOOM);
    if (apart > 24 && Number(desk.view.getZoom()) < OPEN_ZOOM) return desk.fit(extent, 250);
    marks.open(key);
    return pointing.point(null, "map");
  }

  pointing.hear((now) => {
    const checkin = now ? drawn.get(now) : undefined;
    card.hidden = !checkin;
    if (checkin) fill(card, checkinCard(checkin));
    over.setPosition(now ? marks.where(now) : undefined);
  });
  follow(desk.map, pointing, chosen, marks.under, () => marks.open(null));
  desk.map.on("moveend", () => {
    clearTimeout(moved);
    if (!framed) return;
    moved = window.setTimeout(() => void draw(inView()), SETTLES_MS);
  });

  /** @returns {Record<string, number>} the edges of what is in view, WGS-84 */
  function inView() {
    const [west = -180, south = -90, east = 180, north = 90] = transformExtent(
      desk.view.calculateExtent(),
      desk.projection,
      "EPSG:4326",
    );
    /** @param {number} value @param {number} most */
    const within = (value, most) => Math.max(-most, Math.min(most, Number(value.toFixed(6))));
    return { west: within(west, 180), south: within(south, 90), east: within(east, 180), north: within(north, 90) };
  }

  void get("/areas.geojson").then(
    (areas) => {
      desk.showAreas(areas);
      if (!framed) desk.fit(desk.whole());
    },
    (error) => {
      if (!(error instanceof Refusal)) throw error;
      toast(error.message, true);
    },
  );
  return { read };
}

/** @param {number | null} count @returns {Style} a disc that grows with how many it stands for, and says it */
function cellStyle(count) {
  const radius = 9 + Math.min(15, Math.log2(count || 1) * 1.7);
  return new Style({
    image: new Circle({
      radius,
      fill: new Fill({ color: "rgba(11,79,108,.82)" }),
      stroke: new Stroke({ color: "#fff", width: 2 }),
    }),
    text: count
      ? new Text({ text: String(count), font: "600 12px sans-serif", fill: new Fill({ color: "#fff" }) })
      : undefined,
  });
}
