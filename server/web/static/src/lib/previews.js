/**
 * A boundary file before it is published: what would be mended, refused and changed, and the three ways its coordinates
 * may be meant, drawn over what is there, so that the right one is seen.
 */
import { say, t } from "./desk.js";
import { el } from "./dom.js";
import { LOOKS } from "../map/overlays.js";

/**
 * @typedef {{datum: string, inside_share: number | null, off_m: number | null, shapes: {features: object[]}}} Reading
 * @typedef {{code: string, zh: string, en: string}} Said
 * @typedef {{features: number, created: number, changed: number, unchanged: number, mended: (Said & {feature: number})[],
 *   refused: Record<string, Said[]>, readings: Reading[]}} Preview
 */

/**
 * @param {Preview} preview
 * @param {(path: string) => string} label the reader's word for a feature
 * @param {string} chosen the reading that the chosen datum is; "" where none is chosen
 * @param {(datum: string) => void} choose
 * @returns {HTMLElement}
 */
export function drawPreview(preview, label, chosen, choose) {
  return el("div.preview", {}, report(preview, label), readings(preview.readings, chosen, choose));
}

/** @param {Preview} preview @param {(path: string) => string} label */
function report(preview, label) {
  const refused = Object.entries(preview.refused);
  return el(
    `div.notice.${refused.length ? "notice-wrong" : "notice-good"}`,
    { role: "status" },
    el(
      "b",
      {},
      refused.length
        ? t("{n} 个要素不能导入，须先改好文件：", { n: refused.length })
        : t("{n} 个区域可以导入：新建 {created}，新版本 {changed}，未变 {unchanged}。尚未写入。", {
            n: preview.features,
            created: preview.created,
            changed: preview.changed,
            unchanged: preview.unchanged,
          }),
    ),
    refused.length
      ? el(
          "ul",
          {},
          refused.slice(0, 50).map(([path, said]) => el("li", {}, label(path), "：", said.map(say).join(" "))),
        )
      : null,
    preview.mended.length
      ? el(
          "details",
          {},
          el("summary", {}, t("将修补 {n} 处", { n: preview.mended.length })),
          el(
            "ul",
            {},
            preview.mended
              .slice(0, 100)
              .map((mend) => el("li", {}, t("第 {n} 个要素", { n: mend.feature }), "：", say(mend))),
          ),
        )
      : el("p.under", {}, t("没有需要修补的边界。")),
  );
}

/** @param {Reading[]} told @param {string} chosen @param {(datum: string) => void} choose */
function readings(told, chosen, choose) {
  return el(
    "fieldset.readings",
    {},
    el("legend.label", {}, t("文件的坐标按哪一种读？对照地图选线条重合的一种。")),
    told.map((reading) =>
      el(
        "label.reading",
        {},
        el("input", {
          type: "radio",
          name: "reading",
          value: reading.datum,
          checked: reading.datum === chosen,
          onchange: () => choose(reading.datum),
        }),
        swatch(reading.datum),
        el("b", {}, reading.datum),
        el("span.under", {}, fit(reading)),
      ),
    ),
  );
}

/** @param {string} datum @returns {SVGElement} the line it is drawn with */
function swatch(datum) {
  const look = LOOKS[datum];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 34 8");
  svg.setAttribute("class", "swatch");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", "M1 4h32");
  line.setAttribute("stroke", look?.stroke || "#000");
  line.setAttribute("stroke-width", "3");
  if (look?.dash) line.setAttribute("stroke-dasharray", look.dash.join(" "));
  svg.append(line);
  return svg;
}

/** @param {Reading} reading @returns {string} */
function fit(reading) {
  const parts = [
    reading.off_m === null ? "" : t("与现有同编码区域相差 {m} 米", { m: Math.round(reading.off_m) }),
    reading.inside_share === null
      ? ""
      : t("{share}% 在上级区域内", { share: (Math.floor(reading.inside_share * 1000) / 10).toFixed(1) }),
  ].filter(Boolean);
  return parts.join(t("；")) || t("没有可对照的区域");
}
