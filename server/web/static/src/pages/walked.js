/**
 * When each grid was last walked, as a list and on the map: those that nobody has walked since a day come first.
 * @import {Grid, Grids} from "../wire"
 */
import { get } from "../lib/api.js";
import { may, t } from "../lib/desk.js";
import { byId, el, fill } from "../lib/dom.js";
import { bar, filterBar } from "../lib/filters.js";
import { frame } from "../lib/frame.js";
import { table } from "../lib/list.js";
import { callOut, stateMark } from "../lib/patrols.js";
import { searchUnits, unitById } from "../lib/sources.js";
import { blank, failure, loading } from "../lib/states.js";
import { age, shortly, span } from "../lib/time.js";
import { makeMap } from "../map/canvas.js";
import { readAreas } from "../map/ground.js";
import { walkedLayer } from "../map/walked.js";

const wall = makeMap(byId("map"), { label: t("地图：网格最近巡查") });
wall.plainNames.setVisible(false);
const layer = walkedLayer(wall);
/** @type {Record<string, string>} */
let filters = {};

/** @param {Grid} grid @returns {string} how long ago, in words */
function lately(grid) {
  return grid.last_walked_at ? t("{time}前", { time: span(age(grid.last_walked_at)) }) : t("没有记录");
}

/** @param {Grids} told */
function draw(told) {
  const left = told.grids.filter((grid) => !grid.walked);
  const shown = filters.all ? [...left, ...told.grids.filter((grid) => grid.walked)] : left;
  byId("summary").textContent = t("{since} 以来，{all} 个网格中有 {n} 个还没有人巡查。", {
    since: told.since.slice(5),
    all: told.grids.length,
    n: told.not_walked,
  });
  const since = /** @type {HTMLInputElement} */ (byId("filter-since"));
  since.value ||= told.since;
  fill(byId("actions"), left.length && may("patrol.call") ? callThem(left) : null);
  fill(byId("grids"), shown.length ? drawn(shown) : blank(told.grids.length ? t("都巡查过了") : t("您的辖区内没有网格。")));
  layer.show(told.grids, lately);
}

/** @param {Grid[]} left */
function callThem(left) {
  const act = () => void callOut(t("补巡查"), "", left.map((grid) => grid.area), () => void read());
  return el("button.button.button-stop", { type: "button", onclick: act }, t("向这 {n} 个网格发起应急巡查", { n: left.length }));
}

/** @param {Grid[]} grids */
function drawn(grids) {
  return table([t("网格"), t("最近巡查"), t("下一次"), t("单位")], grids.map(row), t("网格最近巡查"));
}

/** @param {Grid} grid */
function row(grid) {
  return el(
    "tr",
    { onclick: () => layer.go(grid.area.id) },
    el("td", {}, el("a", { href: `/patrols?area_id=${grid.area.id}` }, grid.area.name)),
    el("td.nowrap", {}, grid.walked ? "✓ " : grid.last_walked_at ? "○ " : "– ", el("span", { title: grid.last_walked_at ? shortly(grid.last_walked_at) : null }, lately(grid))),
    el("td", {}, grid.next ? el("a", { href: `/patrols/${grid.next.id}` }, stateMark(grid.next.state), el("span.under", {}, shortly(grid.next.opens_at))) : el("span.faint", {}, t("没有安排"))),
    el("td", {}, grid.unit.name),
  );
}

async function read() {
  fill(byId("grids"), loading());
  try {
    const { all: _, ...asked } = filters;
    draw(await get("/grids/walked", asked));
  } catch (error) {
    fill(byId("grids"), failure(error, () => void read()));
  }
}

async function begin() {
  frame();
  fill(byId("key"), el("span.walked-yes", {}, "✓"), " ", t("期间有人巡查"), "　", el("span.walked-no", {}, "○"), " ", t("疏斜线：更早有人巡查过"), "　", el("span.walked-no", {}, "–"), " ", t("密斜线：没有记录"));
  filters = await filterBar(
    bar(),
    [
      { name: "since", label: t("从"), type: "date" },
      { name: "unit_id", label: t("单位"), type: "pick", all: t("全部单位"), search: searchUnits, byId: unitById },
      { name: "all", label: t("列出"), type: "select", all: t("没巡查的"), options: [["1", t("全部网格")]] },
    ],
    (changed) => {
      filters = changed;
      void read();
    },
  );
  await readAreas(wall, () => byId("grids").childElementCount && void read()); // what was read before they came is drawn on them
  await read();
}

void begin();
