/**
 * The line of time drawn: lanes from plan to signals over one scale, a cursor that is dragged, clicked or moved by keys.
 * @import {Mark, Range} from "./timeline.js"
 */
import { t } from "./desk.js";
import { el, fill } from "./dom.js";
import { clock, dayShortly, fully } from "./time.js";
import { LANES, stacked, ticks } from "./timeline.js";
import { shapeParts } from "./verdict.js";

const SPACE = "http://www.w3.org/2000/svg";
const LABELS = 74,
  TOP = 30,
  ROW = 26,
  BAR = 18,
  LEAST = 5,
  /** What a sheet of A4 is wide between its margins: on paper words are as large as in the text around. */
  PAPER = 700;

/** @type {Record<import("./timeline.js").Lane, () => string>} */
const NAMES = {
  plan: () => t("计划"),
  done: () => t("实际"),
  checkin: () => t("签到"),
  visit: () => t("走访"),
  track: () => t("轨迹"),
  crossing: () => t("进出"),
  odd: () => t("疑点"),
};

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {...(Node | string)} children
 * @returns {SVGElement}
 */
function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/**
 * @param {object} what
 * @param {(at: number) => void} what.moved the cursor was put somewhere by hand
 * @param {(mark: Mark) => void} what.chosen a mark was clicked
 * @param {(mark: Mark) => string} what.words a mark in words
 */
export function timechart({ moved, chosen, words }) {
  const cursor = svg(
    "g",
    { class: "chart-cursor" },
    svg("line", { y1: 16, y2: 0 }),
    svg("path", { d: "M-6 6h12L0 16z" }),
  );
  const node = el("div.chart", {
    tabindex: 0,
    role: "slider",
    "aria-label": t("时间轴：左右键移动，上下翻页键到前后事件，空格播放"),
  });
  /** @type {Mark[]} */
  let marks = [];
  /** @type {Range} */
  let range = { from: 0, to: 1 };
  let now = 0;
  let wide = 900;

  /** @param {number} at ms @returns {number} */
  const x = (at) => LABELS + ((at - range.from) / (range.to - range.from)) * (wide - LABELS - 10);
  /** @param {number} px @returns {number} ms */
  const instant = (px) => range.from + ((px - LABELS) / (wide - LABELS - 10)) * (range.to - range.from);

  /** @param {number} [width] */
  function draw(width = node.clientWidth) {
    wide = Math.max(300, width || 900);
    const lanes = LANES.filter(
      (lane) => ["plan", "done", "checkin"].includes(lane) || marks.some((mark) => mark.lane === lane),
    );
    let high = TOP;
    const drawnLanes = lanes.map((name) => {
      const { node: one, tall } = lane(name, high);
      high += tall;
      return one;
    });
    high += 6;
    const chart = svg("svg", { viewBox: `0 0 ${wide} ${high}`, "aria-hidden": "true" });
    chart.append(axis(high), ...drawnLanes, cursor);
    cursor.firstElementChild?.setAttribute("y2", String(high));
    fill(node, chart);
    show(now);
  }

  /** @param {number} high */
  function axis(high) {
    const most = Math.max(2, Math.floor((wide - LABELS) / 84));
    const lines = ticks(range, most).flatMap((at) => {
      const instant = new Date(at).toISOString();
      const midnight = clock(instant) === "00:00";
      return [
        svg("line", { x1: x(at), x2: x(at), y1: 18, y2: high, class: midnight ? "chart-day" : "chart-tick" }),
        svg(
          "text",
          { x: x(at), y: 13, class: midnight ? "chart-time chart-strong" : "chart-time" },
          midnight ? dayShortly(instant) : clock(instant),
        ),
      ];
    });
    return svg("g", {}, ...lines);
  }

  /** @param {import("./timeline.js").Lane} lane @param {number} y @returns {{node: SVGElement, tall: number}} as many rows as stops overlap */
  function lane(lane, y) {
    const here = marks.filter((mark) => mark.lane === lane && mark.to >= range.from && mark.from <= range.to);
    const rows = lane === "plan" || lane === "done" ? stacked(here) : here.map(() => 0);
    const count = Math.max(0, ...rows) + 1;
    const high = count > 1 ? BAR : ROW - 4;
    const node = svg(
      "g",
      { class: "chart-lane" },
      svg("rect", { x: LABELS, y, width: wide - LABELS - 10, height: count * high, class: "chart-row" }),
      svg("text", { x: LABELS - 10, y: y + (count * high) / 2 + 4, class: "chart-name" }, NAMES[lane]()),
      ...here.map((mark, at) => one(mark, y + Number(rows[at]) * high, high)),
    );
    return { node, tall: count * high + 4 };
  }

  /** @param {Mark} mark @param {number} y @param {number} high */
  function one(mark, y, high) {
    const [left, right] = [Math.max(LABELS, x(mark.from)), Math.min(wide - 10, x(mark.to))];
    const parts = drawn(mark, left, Math.max(right, left + LEAST), y, high);
    const group = svg(
      "g",
      { class: `chart-mark chart-${mark.look}`, "data-mark": mark.key },
      svg("title", {}, words(mark)),
      ...parts,
    );
    group.addEventListener("click", () => chosen(mark));
    return group;
  }

  /** @param {number} at ms @param {string} [said] what is at it, read out with the time */
  function show(at, said = "") {
    now = at;
    const seen = at >= range.from && at <= range.to;
    cursor.setAttribute("transform", `translate(${x(at).toFixed(1)} 0)`);
    cursor.setAttribute("visibility", seen ? "visible" : "hidden");
    node.setAttribute("aria-valuemin", String(Math.round(range.from / 1000)));
    node.setAttribute("aria-valuemax", String(Math.round(range.to / 1000)));
    node.setAttribute("aria-valuenow", String(Math.round(at / 1000)));
    node.setAttribute("aria-valuetext", `${fully(new Date(at).toISOString())} ${said}`.trim());
  }

  /** @param {PointerEvent} event */
  function drag(event) {
    const box = node.getBoundingClientRect();
    const at = instant(((event.clientX - box.left) / box.width) * wide);
    moved(Math.max(range.from, Math.min(range.to, at)));
  }

  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || /** @type {Element} */ (event.target).closest(".chart-mark")) return;
    node.setPointerCapture(event.pointerId);
    drag(event);
  });
  node.addEventListener("pointermove", (event) => node.hasPointerCapture(event.pointerId) && drag(event));
  addEventListener("beforeprint", () => draw(PAPER));
  addEventListener("afterprint", () => draw());
  new ResizeObserver(() => Math.abs((node.clientWidth || wide) - wide) > 1 && draw()).observe(node);

  return {
    node,
    /** @param {Mark[]} all @param {Range} over */
    put(all, over) {
      [marks, range] = [all, over];
      draw();
    },
    show,
    /** @param {string[]} keys what is lit */
    light(keys) {
      for (const mark of node.querySelectorAll(".chart-mark"))
        mark.classList.toggle("chart-lit", keys.includes(mark.getAttribute("data-mark") || ""));
    },
  };
}

/** @param {Mark} mark @param {number} left @param {number} right @param {number} y @param {number} high @returns {SVGElement[]} */
function drawn(mark, left, right, y, high) {
  const middle = y + high / 2;
  const bar = (/** @type {number} */ inset) =>
    svg("rect", { x: left, y: y + inset, width: right - left, height: high - 2 * inset, rx: 2 });
  if (mark.number) {
    const number = svg("text", { x: left + 5, y: middle + 4.5, class: "chart-number" }, String(mark.number));
    const inset = high < ROW - 4 ? 1.5 : 3;
    return right - left > 14 ? [bar(inset), number] : [bar(inset)];
  }
  if (mark.look === "stay") return [bar(5)];
  if (mark.look === "silent") return [bar(8)];
  if (mark.look === "move" || mark.look === "gap")
    return [svg("line", { x1: left, x2: right, y1: middle, y2: middle })];
  return [svg("g", { transform: `translate(${left - 8} ${middle - 8})` }, ...shapeOf(mark.look))];
}

/** @type {Record<string, string>} in 16 × 16 */
const PATHS = {
  visit: "M8 1.5 14.5 8 8 14.5 1.5 8z",
  enter: "M9 2h5v12H9M1.5 8H9M6 4.8 9.2 8 6 11.2",
  leave: "M7 2H2v12h5M6 8h8M11 4.8 14.2 8 11 11.2",
  signal: "M8 1.8 14.8 14H1.2z",
};

/** @param {string} look @returns {SVGElement[]} */
function shapeOf(look) {
  const path = PATHS[look];
  if (path) return [svg("path", { d: path })];
  return shapeParts(look).map(([tag, attributes]) => svg(tag, attributes));
}
