/**
 * What is pointed at, told to the list and the map alike: one thing at a time, by a key such as "person:7".
 * @import OlMap from "ol/Map.js"
 * @import {FeatureLike} from "ol/Feature.js"
 */

/** @typedef {"map" | "list"} Side */
/** @typedef {(now: string | null, before: string | null, from: Side) => void} Heard */

/** A shared pointer: whoever sets it, every listener hears what is lit now and what was before. */
export function pointer() {
  /** @type {string | null} */
  let lit = null;
  /** @type {Heard[]} */
  const listeners = [];
  return {
    /** @returns {string | null} */
    now: () => lit,
    /** @param {string | null} key @param {Side} from */
    point(key, from) {
      if (key === lit) return;
      const before = lit;
      lit = key;
      for (const listener of listeners) listener(lit, before, from);
    },
    /** @param {Heard} listener */
    hear: (listener) => void listeners.push(listener),
  };
}

/** @typedef {ReturnType<typeof pointer>} Pointer */

/**
 * Follow the mouse over a map: features that carry a `key` are pointed at, a click chooses them.
 * @param {OlMap} map
 * @param {Pointer} pointing
 * @param {(key: string, feature: FeatureLike) => void} chosen
 */
export function follow(map, pointing, chosen) {
  /** @param {number[]} pixel @returns {FeatureLike | undefined} */
  const under = (pixel) =>
    map.forEachFeatureAtPixel(pixel, (feature) => feature, {
      hitTolerance: 4,
      layerFilter: (layer) => layer.get("marks") === true,
    });
  map.on("pointermove", (event) => {
    if (event.dragging) return;
    const feature = under(event.pixel);
    map.getTargetElement()?.classList.toggle("over-mark", Boolean(feature));
    pointing.point(feature ? feature.get("key") : null, "map");
  });
  map.on("click", (event) => {
    const feature = under(event.pixel);
    if (feature) chosen(feature.get("key"), feature);
  });
  map.getViewport()?.addEventListener("pointerleave", () => pointing.point(null, "map"));
}

/**
 * Light rows of a list: rows carry `data-key`; pointing at a row (mouse or keyboard) lights its mark on the map.
 * @param {HTMLElement} list
 * @param {Pointer} pointing
 * @returns {() => void} to be called when the list was drawn anew
 */
export function rows(list, pointing) {
  /** @param {Event} event @returns {string | null} */
  const key = (event) =>
    /** @type {HTMLElement} */ (event.target).closest?.("[data-key]")?.getAttribute("data-key") || null;
  list.addEventListener("pointerover", (event) => pointing.point(key(event), "list"));
  list.addEventListener("pointerleave", () => pointing.point(null, "list"));
  list.addEventListener("focusin", (event) => pointing.point(key(event), "list"));
  pointing.hear((now, before, from) => {
    light(list, before, false);
    const row = light(list, now, true);
    if (row && from === "map") row.scrollIntoView({ block: "nearest" });
  });
  return () => void light(list, pointing.now(), true);
}

/**
 * @param {HTMLElement} list
 * @param {string | null} key
 * @param {boolean} lit
 * @returns {Element | null}
 */
function light(list, key, lit) {
  const row = key ? list.querySelector(`[data-key="${CSS.escape(key)}"]`) : null;
  row?.classList.toggle("lit", lit);
  return row;
}
