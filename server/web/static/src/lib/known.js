/**
 * What is known already of that which somebody is about to report: proposed, never forbidden.
 * @import {MatterKnown} from "../wire"
 */
import { get, Refusal } from "./api.js";
import { t } from "./desk.js";
import { el, fill } from "./dom.js";
import { shortly } from "./time.js";
import { word } from "./words.js";

const PAUSE_MS = 400;

/**
 * A place under a form that tells what may be the same, looked up as category, place in words and on the map change.
 * @param {HTMLSelectElement} category
 * @param {HTMLInputElement} place
 * @param {{node: HTMLElement, told: () => Partial<import("./spot.js").Spot>}} spot
 * @returns {HTMLElement}
 */
export function knownNotice(category, place, spot) {
  const node = el("div", { role: "status" });
  let turn = 0;
  let waiting = 0;

  async function look() {
    const mine = ++turn;
    const where = { ...spot.told(), ...(place.value.trim() ? { place: place.value.trim() } : {}) };
    const items = Object.keys(where).length ? await found({ category_id: category.value, ...where }) : [];
    if (mine === turn) fill(node, items.length ? told(items) : null);
  }

  for (const control of [category, place, spot.node])
    control.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = window.setTimeout(() => void look(), PAUSE_MS);
    });
  return node;
}

/** Nothing where it cannot be asked just now: what is reported is never held up. @param {Record<string, string | number>} asked @returns {Promise<MatterKnown[]>} */
async function found(asked) {
  try {
    return (await get("/matters/known", asked)).items;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return [];
  }
}

/** @param {MatterKnown[]} items */
function told(items) {
  return el(
    "div.notice",
    {},
    el("b", {}, t("七天内同一地点已有同类事项，可能是同一件：")),
    el("ul", {}, items.map((item) => el("li", {}, name(item), " ", [word("matter", item.state), shortly(item.reported_at), item.text].filter(Boolean).join(" · ")))),
    el("p.under", {}, t("若是同一件，可以不再上报；不确定就照常上报，受理时再并案。")),
  );
}

/** @param {MatterKnown} item */
function name(item) {
  const words = t("事项 {n}", { n: item.id });
  return item.readable ? el("a", { href: `/matters/${item.id}`, target: "_blank" }, words) : el("b", {}, words);
}
