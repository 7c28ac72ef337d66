/**
 * One patrol: where it stands, its checkpoints on the map and what became of each, what it found.
 * @import {PatrolInFull, PatrolPoint} from "../wire"
 */
import { lastPart } from "../lib/address.js";
import { get, post } from "../lib/api.js";
import { t } from "../lib/desk.js";
import { ask, textField } from "../lib/dialog.js";
import { byId, el, fill } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { names, purposeTag, stateMark, windowOf } from "../lib/patrols.js";
import { failure, loading, toast } from "../lib/states.js";
import { fully, shortly } from "../lib/time.js";
import { word } from "../lib/words.js";
import { makeMap } from "../map/canvas.js";
import { pointer } from "../map/pointing.js";
import { routeLayer } from "../map/route.js";
import { stopLayer } from "../map/stops.js";

const id = Number(lastPart());
byId("body").hidden = false;
const wall = makeMap(byId("map"), { label: t("地图：巡查点") });
byId("body").hidden = true;
const layer = stopLayer(wall, pointer());
const route = routeLayer(wall);

/** @param {PatrolInFull} patrol */
async function draw(patrol) {
  document.title = [patrol.title, t("挂图")].join(" · ");
  fill(byId("head"), head(patrol));
  fill(byId("facts"), el("div.sheet-body", {}, facts(patrol)));
  fill(byId("points"), el("div.sheet-head", {}, el("h2", {}, t("巡查点")), order(patrol)), el("ol.stops", {}, patrol.points.map(point)));
  fill(byId("findings"), el("div.sheet-head", {}, el("h2", {}, t("巡查发现"))), findings(patrol));
  byId("body").hidden = false;
  await place(patrol);
}

/** @param {PatrolInFull} patrol */
function head(patrol) {
  return el(
    "div.title",
    {},
    el("h1", {}, patrol.title),
    stateMark(patrol.state),
    purposeTag(patrol.purpose),
    el("div.end.buttons.no-print", {}, buttons(patrol)),
  );
}

/** @param {PatrolInFull} patrol */
function buttons(patrol) {
  const walks = patrol.may.includes("patrol.take")
    ? el("button.button.button-main", { type: "button", onclick: () => void take() }, patrol.walkers.length ? t("一同巡查") : t("认领"))
    : null;
  const off = patrol.may.includes("patrol.cancel")
    ? el("button.button.button-stop", { type: "button", onclick: () => void callOff() }, t("撤销巡查"))
    : null;
  const duty = patrol.trip_id && patrol.started_at ? el("a.button", { href: `/trips/${patrol.trip_id}` }, t("签到与复核")) : null;
  return [duty, walks, off];
}

async function take() {
  await draw(await post(`/patrols/${id}/take`));
  toast(t("已认领，手机上的“今天”会列出这次巡查。"));
}

function callOff() {
  return ask({
    title: t("撤销巡查"),
    yes: t("撤销巡查"),
    stop: true,
    body: [textField("reason", t("原因"), { minlength: 2, maxlength: 500 })],
    act: async (form) => draw(await post(`/patrols/${id}/cancel`, { reason: form.get("reason") })),
  });
}

/** @param {PatrolInFull} patrol */
function facts(patrol) {
  /** @type {[string, Node | string | null | undefined][]} */
  const lines = [
    [t("时段"), windowOf(patrol)],
    [t("巡查人员"), names(patrol.walkers) || t("待认领")],
    [t("单位"), patrol.unit.name],
    [t("网格"), patrol.area?.name],
    [t("开始"), patrol.started_at && fully(patrol.started_at)],
    [t("结束"), patrol.ended_at && fully(patrol.ended_at)],
    [t("到达巡查点"), reached(patrol)],
    [t("走过路线"), share(patrol)],
    [t("依据"), patrol.basis],
    [t("来源"), patrol.plan_id ? t("巡查计划") : t("临时发起")],
  ];
  const told = lines.filter(([, value]) => value);
  return el("dl.facts.facts-wide", {}, told.map(([label, value]) => el("div", {}, el("dt", {}, label), el("dd", {}, value))));
}

/** @param {PatrolInFull} patrol */
function reached(patrol) {
  if (!patrol.started_at) return null;
  const [done, early] = [["reached", "told"], ["out_of_order"]].map(
    (states) => patrol.points.filter((each) => states.includes(each.state)).length,
  );
  const words = t("{n} / {all}", { n: Number(done), all: patrol.points.length });
  return early ? [words, t("未按顺序 {n} 个", { n: early })].join(" · ") : words;
}

/** What cannot be measured is not missed. @param {PatrolInFull} patrol */
function share(patrol) {
  if (!patrol.route.length || !patrol.started_at) return null;
  return patrol.share === null ? t("未测得（没有轨迹）") : t("至少 {n}%", { n: Math.floor(patrol.share * 100) });
}

/** @param {PatrolInFull} patrol */
function order(patrol) {
  return el("span.faint.small", {}, patrol.in_order ? t("按顺序") : t("不分先后"));
}

/** @param {PatrolPoint} each @param {number} index */
function point(each, index) {
  const good = each.state === "reached" || each.state === "told";
  const by = each.by === "track" ? t("按轨迹") : each.by === "checkin" ? t("按签到") : "";
  return el(
    `li.stop${good ? ".stop-reached" : ""}`,
    {},
    el("span.stop-number", {}, good ? "✓" : index + 1),
    el("div.stop-name", {}, el("b", {}, each.name), each.area_id ? el("span.faint.small", {}, t("整个区域")) : null),
    el(
      "p.small",
      {},
      el(good ? "span" : "span.faint", {}, word("point", each.state)),
      each.at ? el("time.faint", { datetime: each.at }, " ", shortly(each.at)) : null,
      by ? el("span.faint", {}, " ", by) : null,
    ),
  );
}

/** @param {PatrolInFull} patrol */
function findings(patrol) {
  if (!patrol.findings.length) return el("p.sheet-body.faint", {}, t("没有上报问题。"));
  return el(
    "ul.sheet-body.found-list",
    {},
    patrol.findings.map((matter) =>
      el("li", {}, el("a", { href: `/matters/${matter.id}` }, matter.text), el("span.under", {}, word("matter", matter.state), " · ", shortly(matter.reported_at))),
    ),
  );
}

/** @param {PatrolInFull} patrol */
async function place(patrol) {
  /** @type {Record<number, object>} */
  const shapes = {};
  const areas = await get("/areas.geojson");
  for (const feature of areas.features) shapes[feature.properties.id] = feature;
  wall.showAreas(areas);
  layer.show(patrol.points.map((each, index) => ({ ...each, id: index })), shapes);
  route.show(patrol.route);
  wall.map.updateSize();
  wall.fit(layer.extent() || wall.whole());
}

async function begin() {
  frame();
  fill(byId("head"), loading());
  try {
    await draw(await get(`/patrols/${id}`));
  } catch (error) {
    fill(byId("head"), failure(error, () => void begin()));
  }
}

void begin();
