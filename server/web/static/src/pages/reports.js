/**
 * Monthly trip reports: a row for each trip, in the order of the units.
 * @import {Report} from "../wire"
 */
import { get } from "../lib/api.js";
import { read, write } from "../lib/address.js";
import { t } from "../lib/desk.js";
import { byId, el, fill } from "../lib/dom.js";
import { bar, filterBar } from "../lib/filters.js";
import { frame } from "../lib/frame.js";
import { journeys } from "../lib/journeys.js";
import { periodBar, today } from "../lib/periods.js";
import { searchUnits, unitById } from "../lib/sources.js";
import { blank, failure, loading } from "../lib/states.js";

const place = byId("report");
let month = read(["month"])["month"] || today().slice(0, 7);
/** @type {Record<string, string>} */
let filters = {};
let turn = 0;

async function show() {
  const mine = ++turn;
  write({ month });
  fill(place, loading());
  try {
    /** @type {Report} */
    const report = await get(`/reports/${encodeURIComponent(month)}`, filters);
    if (mine !== turn) return;
    periodBar(byId("period"), report.period, { go, path: `/reports/${report.period.name}`, query: filters });
    fill(place, tell(report));
  } catch (error) {
    if (mine === turn)
      fill(
        place,
        failure(error, () => void show()),
      );
  }
}

/** @param {Report} report */
function tell(report) {
  if (!report.trips.length) return blank(t("这个月没有行程"), t("出发后的行程会自动列在这里。"));
  return [el("h3.report-unit", {}, report.unit.name), journeys(report.trips, true), report.cut ? el("p.more", {}, t("行程过多，请选择下级单位分别查看。")) : null];
}

/** @param {string} name */
function go(name) {
  month = name;
  void show();
}

async function begin() {
  frame();
  filters = await filterBar(
    bar(),
    [{ name: "unit_id", label: t("单位"), type: "pick", all: t("全部单位"), search: searchUnits, byId: unitById }],
    (changed) => {
      filters = changed;
      void show();
    },
  );
  await show();
}

void begin();
