/**
 * Overlaps and gaps among the areas of a kind, found by the server, listed and shown on the map.
 * @import {Named} from "../wire"
 */
import { t } from "./desk.js";
import { el } from "./dom.js";
import { table } from "./list.js";
import { blank } from "./states.js";

/**
 * @typedef {{kind: "overlap" | "gap", areas: Named[], area_m2: number, geometry: object}} Joint
 * @typedef {{items: Joint[], overlaps: number, gaps: number}} Joints
 */

/** @param {Joints} told @param {(joint: Joint) => void} show @returns {HTMLElement} */
export function drawJoints(told, show) {
  if (!told.items.length) return blank(t("没有重叠，也没有空隙"), t("不足 100 平方米的不算。"));
  return el(
    "div",
    {},
    el("p.joints-head", {}, t("重叠 {overlaps} 处，空隙 {gaps} 处，大的在前。", { overlaps: told.overlaps, gaps: told.gaps })),
    table(
      [t("种类"), t("区域"), t("面积")],
      told.items.map((joint) =>
        el(
          "tr",
          {},
          el(
            "td.nowrap",
            {},
            el("button.link", { type: "button", onclick: () => show(joint) }, joint.kind === "overlap" ? "■ " : "□ ", joint.kind === "overlap" ? t("重叠") : t("空隙")),
          ),
          el("td", {}, joint.areas.map((area) => area.name).join(" / ") || el("span.faint", {}, t("四周围住的空处"))),
          el("td.number.nowrap", {}, metres(joint.area_m2)),
        ),
      ),
      t("重叠与空隙"),
    ),
  );
}

/** @param {number} area_m2 @returns {string} */
export function metres(area_m2) {
  return area_m2 >= 1e5 ? `${(area_m2 / 1e6).toFixed(2)} km²` : `${Math.round(area_m2).toLocaleString("en")} m²`;
}
