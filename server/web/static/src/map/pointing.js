/**
 * What is pointed at, told to the list and the map alike: one thing at a time, by a key such as "person:7".
 * @import OlMap from "ol/Map.js"
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

/** @typedef {{key: string, together?: import("../wire").Place[]}} Found what is under the mouse; people who share a dot */

/**
 * Follow the mouse over a map: what carries a `key` is pointed at, a click chooses it.
 * @param {OlMap} map
 * @param {Pointer} pointing
 * @param {(found: Found) => void} chosen
 * @param {(pixel: number[]) => Found | undefined} [above] what is drawn above all features
 */
export function follow(map, pointing, chosen, above) {
  /** @param {number[]} pixel @returns {Found | undefined} */
  const under = (pixel) =>
    above?.(pixel) ||
    map.forEachFeatureAtPixel(pixel, (feature) => ({ key: feature.get("key") }), {
      hitTolerance: 4,
      layerFilter: (layer) => layer.get("marks") === true,
    });
  map.on("pointermove", (event) => {
    if (event.dragging) return;
    const found = under(event.pixel);
    map.getTargetElement()?.classList.toggle("over-mark", Boolean(found));
    pointing.point(found ? found.key : null, "map");
  });
  map.on("click", (event) => {
    const found = under(event.pixel);
    if (found) chosen(found);
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
