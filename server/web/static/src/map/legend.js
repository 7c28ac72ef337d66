/** What the shapes and colours mean, on the map itself. */
import { t } from "../lib/desk.js";
import { drawing, el } from "../lib/dom.js";
import { shape } from "../lib/verdict.js";
import { word } from "../lib/words.js";
import { OPEN, OVER } from "./matters.js";
import { palette } from "./palette.js";

/** @param {string} words @param {[string, Record<string, string | number>][]} parts */
function line(words, parts) {
  return el("li", {}, drawing("0 0 20 14", parts), words);
}

/** @param {Record<string, string | number>} look @returns {[string, Record<string, string | number>][]} */
function patch(look) {
  return [["rect", { x: 1, y: 1.5, width: 18, height: 11, ...look }]];
}

/**
 * @param {boolean} [marks] whether people and check-ins are on this map
 * @param {boolean} [opens] whether what they share opens
 */
export function legend(marks = true, opens = true) {
  const wide = innerWidth > 900;
  return el(
    "details.legend",
    { open: wide },
    el("summary", {}, t("图例")),
    el(
      "div.legend-body",
      {},
      marks ? people(opens) : null,
      el("h3", {}, t("区域")),
      el(
        "ul",
        {},
        line(t("县界"), patch({ fill: "none", stroke: palette.county, "stroke-width": 2.4 })),
        line(word("area", "township"), patch({ fill: String(palette.tints[0]), stroke: palette.line, "stroke-width": 1.1 })),
        line(
          word("area", "village"),
          patch({ fill: "none", stroke: palette.line, "stroke-width": 1.1, "stroke-dasharray": "4 2" }),
        ),
        line(
          word("area", "grid"),
          patch({ fill: "none", stroke: palette.line, "stroke-width": 1, "stroke-dasharray": "2 2.5" }),
        ),
        line(word("area", "park"), patch({ fill: palette.park.fill, stroke: palette.park.line, "stroke-width": 1.3 })),
        line(word("area", "site"), patch({ fill: palette.site.fill, stroke: palette.site.line, "stroke-width": 1.3 })),
      ),
    ),
  );
}

/** @param {string} back @param {string} fore @returns {[string, Record<string, string | number>][]} */
function person(back, fore) {
  return [
    ["circle", { cx: 10, cy: 7, r: 6, fill: back, stroke: back === "#fff" ? fore : back, "stroke-width": 1 }],
    ["circle", { cx: 10, cy: 5.2, r: 1.9, fill: fore }],
    ["path", { d: "M6.6 10.8a3.4 3.4 0 0 1 6.8 0z", fill: fore }],
  ];
}

/** @param {"circle" | "rect"} form round for people, square for check-ins @returns {[string, Record<string, string | number>][]} */
function number(form) {
  if (form === "circle")
    return [
      ["circle", { cx: 10, cy: 7, r: 6.5, fill: palette.person }],
      ["path", { d: "M8.4 5.2 10.2 4v6.4", fill: "none", stroke: palette.face, "stroke-width": 1.6 }],
    ];
  return [
    ["rect", { x: 3.5, y: 1.5, width: 13, height: 11, fill: "#fff", stroke: "#1d2a33", "stroke-width": 1.2 }],
    ["path", { d: "M8.4 5.2 10.2 4v6.4", fill: "none", stroke: "#1d2a33", "stroke-width": 1.6 }],
  ];
}

/** Shown while matters are switched on. */
function matters() {
  return el(
    "div.legend-matters",
    {},
    el("h3", {}, t("事项")),
    el("ul", {}, line(t("未办结的事项（事）"), diamond(OPEN, 1.6)), line(t("已超期的事项（超）"), diamond(OVER, 2.6))),
  );
}

/** @param {string} colour @param {number} width @returns {[string, Record<string, string | number>][]} */
function diamond(colour, width) {
  return [["path", { d: "M10 1 16 7 10 13 4 7z", fill: "#fffefb", stroke: colour, "stroke-width": width }]];
}

/** @param {boolean} opens */
function people(opens) {
  return [
    el("h3", {}, t("在岗人员")),
    el(
      "ul",
      {},
      line(t("最新位置"), person(palette.person, palette.face)),
      line(t("位置已旧（10 分钟以上）"), person("#7f9fae", "#fff")),
      line(t("位置很旧（30 分钟以上）"), person("#fff", "#66707a")),
      line(opens ? t("几人在一处，可点开") : t("几人在一处"), number("circle")),
    ),
    el("h3", {}, t("签到判定")),
    el(
      "ul",
      {},
      /** @type {const} */ (["inside", "uncertain", "outside", "not_judged"]).map((outcome) =>
        el("li", {}, shape(outcome), word("verdict", outcome)),
      ),
      line(opens ? t("几次在一处，可点开；同一人的不计数") : t("几次在一处；同一人的不计数"), number("rect")),
    ),
    opens ? matters() : null,
  ];
}
