/** A place on a small map, for a form: a click puts it there, by keyboard it is put in the middle of the map; optional. */
import { t } from "./desk.js";
import { el, fill } from "./dom.js";
import { failure, loading } from "./states.js";

/** @typedef {{lng: number, lat: number}} Spot WGS-84 degrees */

/** @returns {{node: HTMLElement, told: () => Partial<Spot>}} the node hears `input` of itself when the place changes */
export function spotField() {
  /** @type {Spot | null} */
  let spot = null;
  /** @type {Awaited<ReturnType<typeof import("../map/spot.js").spotMap>> | null} */
  let map = null;
  const words = el("span.faint.small", { role: "status" });
  const buttons = el("span.buttons", {});
  const frame = el("div.map-frame.spot-map", { hidden: true });
  const node = el("div.field", {}, el("span.label", {}, t("地图上的位置（可不填）")), el("div.spot-line", {}, buttons, words), frame);

  /** @param {string} label @param {() => void} act */
  const button = (label, act) => el("button.button.button-small", { type: "button", onclick: act }, label);

  function draw() {
    const shown = map;
    const off = spot ? button(t("去掉位置"), () => put(null)) : null;
    fill(buttons, shown ? [button(t("放在地图正中"), () => put(shown.middle())), off] : frame.hidden ? button(t("在地图上标出"), () => void open()) : null);
    words.textContent = spot ? t("已标出 {lng}, {lat}", { lng: spot.lng, lat: spot.lat }) : shown ? t("点地图标出；也可以用方向键移动地图，再放在正中。") : "";
  }

  /** @param {Spot | null} chosen */
  function put(chosen) {
    spot = chosen;
    map?.show(chosen);
    draw();
    node.dispatchEvent(new Event("input"));
  }

  async function open() {
    frame.hidden = false;
    fill(frame, loading());
    draw();
    try {
      const { spotMap } = await import("../map/spot.js");
      fill(frame);
      map = await spotMap(frame, put);
      draw();
      frame.focus();
    } catch (error) {
      fill(frame, failure(error, () => void open()));
    }
  }

  draw();
  return { node, told: () => spot ?? {} };
}
