/**
 * What is pointed at, told to the list and the map alike: one thing at a time, by a key such as "person:7".
 * @import OlMap from "ol/Map.js"
 */

/** @typedef {"map" | "list"} Side */
/** @typedef {(now: string | null, before: string | null, from: Side) => void} Heard */

/**
 * A shared pointer: whoever sets it, every listener hears what is lit now and what was before. What is chosen stays lit
 * while nothing else is pointed at.
 */
export function pointer() {
  /** @type {string | null} */
  let lit = null;
  /** @type {string | null} */
  let chosen = null;
  /** @type {Heard[]} */
  const listeners = [];
  return {
    /** @returns {string | null} */
    now: () => lit,
    /** @param {string | null} key @param {Side} from */
    point(key, from) {
      const next = key ?? chosen;
      if (next === lit) return;
      const before = lit;
      lit = next;
      for (const listener of listeners) listener(lit, before, from);
    },
    /** @param {string | null} key what stays lit from now on; null for nothing @param {Side} from */
    choose(key, from) {
      chosen = key;
      this.point(key, from);
    },
    /** @returns {string | null} */
    chosen: () => chosen,
    /** @param {Heard} listener */
    hear: (listener) => void listeners.push(listener),
  };
}

/** @typedef {ReturnType<typeof pointer>} Pointer */

/** @typedef {{key: string, together?: import("../wire").Place[], keys?: string[]}} Found what is under the mouse; people who share a dot, or the keys of all that share a mark */

/**
 * Follow the mouse over a map: what carries a `key` is pointed at, a click chooses it.
 * @param {OlMap} map
 * @param {Pointer} pointing
 * @param {(found: Found) => void} chosen
 * @param {(pixel: number[]) => Found | undefined} [above] what is drawn above all features
 * @param {() => void} [missed] a click where nothing is
 */
export function follow(map, pointing, chosen, above, missed = () => undefined) {
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
    else missed();
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
