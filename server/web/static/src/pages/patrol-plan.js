/**
 * A patrol plan, new or again: what is walked, by whom, how often, and the checkpoints and the line on the map.
 * @import {Grid, Named, PatrolPlanInFull, Stop} from "../wire"
 */
import { transform } from "ol/proj.js";
import { get, post, put } from "../lib/api.js";
import { me, t } from "../lib/desk.js";
import { ask } from "../lib/dialog.js";
import { byId, el, fill } from "../lib/dom.js";
import { field, send } from "../lib/form.js";
import { frame } from "../lib/frame.js";
import { howOften } from "../lib/how-often.js";
import { picker } from "../lib/picker.js";
import { searchAreas, searchPeople, searchUnits } from "../lib/sources.js";
import { failure } from "../lib/states.js";
import { day } from "../lib/time.js";
import { codes, word } from "../lib/words.js";
import { makeMap } from "../map/canvas.js";
import { nameLayer } from "../map/names.js";
import { pointer } from "../map/pointing.js";
import { routeLayer } from "../map/route.js";
import { stopLayer } from "../map/stops.js";

const [, , , number] = location.pathname.split("/");
const id = number === "new" ? null : Number(number);

/** @typedef {{name: string, area_id: number | null, lng: number | null, lat: number | null, radius_m: number | null, tolerance_m: number}} Point */

/** @type {Point[]} */
let points = [];
/** @type {number[][]} */
let route = [];
/** @type {Named[]} */
let walkers = [];
/** @type {Named | null} */
let area = null;
/** @type {Named} */
let unit = me().unit;
/** Whether somebody chose the unit; until then it is that of the grid. */
let unitChosen = false;
/** The units of grids, by area. @type {Record<number, Named>} */
let unitsOf = {};
let revision = /** @type {number | null} */ (null);
/** What a press on the map does. @type {"none" | "points" | "route"} */
let pressing = "none";

const form = /** @type {HTMLFormElement} */ (byId("form"));
const wall = makeMap(byId("map"), { label: t("地图：巡查点") });
nameLayer(wall, () => []);
const layer = stopLayer(wall, pointer());
const line = routeLayer(wall);
/** @type {Record<number, any>} */
const shapes = {};
const rule = howOften();

/** @param {string} name @param {Record<string, unknown>} [more] */
const input = (name, more = {}) => el("input.input", { name, id: `f-${name}`, ...more });

/** @param {string} name @param {[string, string][]} options @param {string} value */
function select(name, options, value) {
  return el(
    "select.select",
    { name, id: `f-${name}` },
    options.map(([code, words]) => el("option", { value: code, selected: code === value }, words)),
  );
}

/** @param {string} group @returns {[string, string][]} */
const options = (group) => codes(group).map((code) => [code, word(group, code)]);

/* ── what, who, when ─────────────────────────────────────────────────────────────────────────────────── */

/** @param {Partial<PatrolPlanInFull>} plan */
function drawWhat(plan) {
  const basis = field("basis", t("依据"), input("basis", { value: plan.basis || "", maxlength: 500 }), {
    wide: true,
    hint: t("安全或应急巡查必须写明依据，每位巡查人员都能看到。"),
  });
  const photos = el("input", { type: "checkbox", name: "photos_required", value: "true", checked: plan.photos_required });
  const asked = el(
    "div.field.wide",
    {},
    el("label.choice", {}, photos, t("签到要带照片")),
    el("span.hint", {}, t("只有写明依据的安全、应急任务可以要求；没带照片的签到照样保存，并注明。")),
  );
  const purpose = select("purpose", options("patrol_purpose"), plan.purpose || "routine");
  const show = () => {
    basis.hidden = asked.hidden = photos.disabled = purpose.value === "routine";
  };
  purpose.addEventListener("change", () => (show(), proposeTitle()));
  const ground = picker({
    id: "f-area_id",
    placeholder: t("按名称查找网格"),
    search: searchAreas,
    value: area && { id: String(area.id), name: area.name },
    chosen: (choice) => void setArea(choice && { id: Number(choice.id), name: choice.name }),
  });
  fill(
    byId("what"),
    field("title", t("名称"), input("title", { value: plan.title || "", required: true, maxlength: 120 }), { must: true, wide: true }),
    field("area_id", t("网格"), ground.node, { hint: t("也可以只设巡查点。") }),
    field("purpose", t("性质"), purpose),
    field("tracking", t("位置"), select("tracking", options("tracking"), plan.tracking || "checkins"), { hint: t("只记录本人另行同意的部分。") }),
    basis,
    asked,
  );
  show();
}

/** The title last proposed; what somebody wrote stays. */
let proposed = "";

/** Propose a title by the grid and the purpose. */
function proposeTitle() {
  const title = /** @type {HTMLInputElement} */ (byId("f-title"));
  const purpose = /** @type {HTMLSelectElement} */ (byId("f-purpose")).value;
  if (!area || (title.value && title.value !== proposed)) return;
  title.value = proposed = t("{name}{purpose}", { name: area.name, purpose: word("patrol_purpose", purpose) });
}

/** @param {Named | null} chosen */
async function setArea(chosen) {
  area = chosen;
  proposeTitle();
  const walks = chosen && unitsOf[chosen.id];
  if (walks && !unitChosen) setUnit(walks);
  drawPoints();
  const shape = chosen && shapes[chosen.id];
  if (shape) wall.fit(wall.areaSource.getFeatures().find((each) => each.get("id") === chosen.id)?.getGeometry()?.getExtent() || wall.whole(), 250);
}

/** Show another unit as the one that walks. @type {(walks: Named) => void} */
let setUnit = () => {};

/** @param {Partial<PatrolPlanInFull>} plan */
function drawWho(plan) {
  const who = select("who", options("who"), plan.who || "unit");
  const people = el("div.field.wide", { dataset: { path: "walker_ids" } });
  const show = () => drawWalkers(people, who.value);
  who.addEventListener("change", () => {
    if (who.value === "unit") walkers = [];
    if (who.value === "person") walkers = walkers.slice(0, 1);
    show();
  });
  const units = picker({
    id: "f-unit_id",
    placeholder: t("按名称查找单位"),
    search: searchUnits,
    value: { id: String(unit.id), name: unit.name },
    chosen: (choice) => {
      unitChosen = Boolean(choice);
      if (choice) unit = { id: Number(choice.id), name: choice.name };
    },
  });
  setUnit = (walks) => {
    unit = walks;
    units.set({ id: String(walks.id), name: walks.name });
  };
  fill(
    byId("who"),
    field("unit_id", t("单位"), units.node, { must: true }),
    field("who", t("方式"), who, { hint: t("由单位认领：有网络时先认领，再去巡查。") }),
    people,
  );
  show();
}

/** @param {HTMLElement} place @param {string} who */
function drawWalkers(place, who) {
  place.hidden = who === "unit";
  const add = picker({
    id: "f-walker_ids",
    placeholder: who === "rota" ? t("按姓名查找，依次加入轮值") : t("按姓名查找"),
    search: searchPeople,
    once: true,
    chosen: (choice) => {
      if (!choice) return;
      const added = { id: Number(choice.id), name: choice.name };
      walkers = who === "person" ? [added] : [...walkers.filter((other) => other.id !== added.id), added];
      drawWalkers(place, who);
    },
  });
  const chips = walkers.map((each, index) =>
    el(
      "span.chip",
      {},
      who === "rota" ? `${index + 1}. ${each.name}` : each.name,
      el("button", { type: "button", "aria-label": t("去掉 {name}", { name: each.name }), onclick: () => drop(each, place, who) }, "×"),
    ),
  );
  fill(place, el("label", { for: "f-walker_ids" }, t("巡查人员")), chips.length ? el("div.chips", {}, chips) : null, add.node);
}

/** @param {Named} each @param {HTMLElement} place @param {string} who */
function drop(each, place, who) {
  walkers = walkers.filter((other) => other !== each);
  drawWalkers(place, who);
}

/** @param {Partial<PatrolPlanInFull>} plan */
function drawWhen(plan) {
  const hour = (/** @type {string} */ name, /** @type {string} */ value) => input(name, { type: "time", value: value.slice(0, 5), required: true });
  fill(
    byId("when"),
    rule.fields(plan.rule || "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    field("days_off", t("遇节假日、休息日"), select("days_off", options("days_off"), plan.days_off || "walk"), { hint: t("按工作日历，包括调休。") }),
    field("starts_on", t("开始日期"), input("starts_on", { type: "date", value: plan.starts_on || day(new Date().toISOString()), required: true }), { must: true }),
    field("until_on", t("结束日期"), input("until_on", { type: "date", value: plan.until_on || "" }), { hint: t("不填则一直有效。") }),
    field("opens", t("每次从"), hour("opens", plan.opens || "08:00"), { must: true }),
    field("closes", t("到"), hour("closes", plan.closes || "18:00"), { must: true }),
    field("window_days", t("第几天结束"), input("window_days", { type: "number", min: 1, max: 31, value: plan.window_days || 1, required: true }), {
      hint: t("1 为当天；跨夜或一周内完成的填 2、7。"),
    }),
  );
}

/* ── checkpoints and the line ────────────────────────────────────────────────────────────────────────── */

/** Areas to come by, found by name. */
const areaPoints = picker({
  id: "f-area-point",
  placeholder: t("按名称查找区域，加为巡查点"),
  search: searchAreas,
  once: true,
  chosen: (choice) => {
    if (!choice) return;
    points.push({ name: choice.name, area_id: Number(choice.id), lng: null, lat: null, radius_m: null, tolerance_m: 0 });
    drawPoints();
  },
});

/** @param {Partial<PatrolPlanInFull>} [plan] */
function drawPoints(plan) {
  const order = /** @type {HTMLInputElement | null} */ (document.querySelector("[name=in_order]"));
  const checked = plan ? Boolean(plan.in_order) : Boolean(order?.checked);
  fill(
    byId("points"),
    el("div.plan-points", {}, points.map(pointBox)),
    field("area-point", t("加区域"), areaPoints.node),
    el(
      "p.buttons",
      {},
      pressButton("points", t("在地图上逐个点选巡查点"), t("点选完毕")),
      el("label.choice", {}, el("input", { type: "checkbox", name: "in_order", value: "true", checked }), t("按顺序巡查")),
    ),
  );
  fill(
    byId("route"),
    pressButton("route", t("在地图上画路线"), t("画完")),
    route.length ? el("button.button", { type: "button", onclick: () => setRoute([]) }, t("清除路线")) : null,
    el("span.faint.small", {}, route.length > 1 ? t("路线 {n} 个点", { n: route.length }) : t("路线可不画；画了才统计走过的比例。")),
  );
  layer.show(points.map((point, index) => /** @type {Stop} */ (/** @type {unknown} */ ({ ...point, id: index }))), shapes);
  line.show(route);
}

/** @param {"points" | "route"} what @param {string} words @param {string} stop */
function pressButton(what, words, stop) {
  const on = pressing === what;
  const press = () => {
    pressing = on ? "none" : what;
    drawPoints();
  };
  return el("button.button", { type: "button", "aria-pressed": String(on), onclick: press }, on ? stop : words);
}

/** @param {number[][]} changed */
function setRoute(changed) {
  route = changed;
  drawPoints();
}

/** @param {Point} point @param {number} index */
function pointBox(point, index) {
  const path = `checkpoints.${index}`;
  const name = el("input.input", {
    id: `f-${path}.name`,
    value: point.name,
    required: true,
    maxlength: 120,
    "aria-label": t("巡查点 {n} 的名称", { n: index + 1 }),
    oninput: () => {
      point.name = name.value;
    },
  });
  const radius = el("input.input.input-short", {
    type: "number",
    min: 1,
    max: 5000,
    value: point.radius_m ?? 50,
    "aria-label": t("半径（米）"),
    oninput: () => {
      point.radius_m = Number(radius.value);
      layer.show(points.map((each, at) => /** @type {Stop} */ (/** @type {unknown} */ ({ ...each, id: at }))), shapes);
    },
  });
  const act = (/** @type {string} */ words, /** @type {boolean} */ off, /** @type {() => void} */ doIt) =>
    el("button.button.button-small", { type: "button", disabled: off, onclick: () => (doIt(), drawPoints()) }, words);
  return el(
    "div.plan-point",
    { dataset: { path: `${path}.name` } },
    el("span.stop-number", {}, index + 1),
    name,
    point.area_id === null ? el("span.plan-radius", {}, radius, t("米")) : el("span.tag", {}, t("区域")),
    el("span.buttons", {}, act(t("上移"), index === 0, () => move(index)), act(t("删除"), false, () => points.splice(index, 1))),
  );
}

/** @param {number} index */
function move(index) {
  const [point] = points.splice(index, 1);
  if (point) points.splice(index - 1, 0, point);
}

wall.map.on("click", (event) => {
  if (pressing === "none") return;
  const [lng, lat] = transform(event.coordinate, wall.projection, "EPSG:4326").map((degree) => Number(degree.toFixed(6)));
  if (lng === undefined || lat === undefined) return;
  if (pressing === "route") return setRoute([...route, [lng, lat]]);
  points.push({ name: t("巡查点 {n}", { n: points.length + 1 }), area_id: null, lng, lat, radius_m: 50, tolerance_m: 0 });
  return drawPoints();
});

/* ── reading and sending ─────────────────────────────────────────────────────────────────────────────── */

/** @returns {Record<string, unknown>} the plan as the API takes it */
function plan() {
  const told = new FormData(form);
  const text = (/** @type {string} */ name) => String(told.get(name) || "");
  return {
    title: text("title"),
    unit_id: unit.id,
    area_id: area?.id ?? null,
    purpose: text("purpose"),
    basis: text("basis"),
    tracking: text("tracking"),
    photos_required: told.has("photos_required"),
    who: text("who"),
    walker_ids: walkers.map((each) => each.id),
    rule: rule.told(),
    days_off: text("days_off"),
    starts_on: text("starts_on"),
    until_on: text("until_on") || null,
    opens: text("opens"),
    closes: text("closes"),
    window_days: Number(text("window_days")),
    in_order: told.has("in_order"),
    checkpoints: points.map(({ area_id, lng, lat, radius_m, ...told }) => ({ ...told, ...(area_id === null ? { lng, lat, radius_m } : { area_id }) })),
    route: route.map(([lng, lat]) => ({ lng, lat })),
    ...(revision === null ? {} : { revision }),
  };
}

/** @param {string} path @returns {string} the field's own label */
function label(path) {
  const point = /^checkpoints\.(\d+)\./.exec(path);
  if (point) return t("巡查点 {n}", { n: Number(point[1]) + 1 });
  return form.querySelector(`[data-path="${CSS.escape(path)}"] label`)?.textContent || path;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void send(form, byId("wrong"), label, async () => {
    if (id === null) await post("/patrol-plans", plan());
    else await put(`/patrol-plans/${id}`, plan());
    location.assign("/patrols/plans");
  });
});

function endIt() {
  return ask({
    title: t("停止巡查计划"),
    yes: t("停止"),
    stop: true,
    body: [el("p", {}, t("不再生成新的巡查；还没有开始的一并撤销。"))],
    act: async () => {
      await post(`/patrol-plans/${id}/end`);
      location.assign("/patrols/plans");
    },
  });
}

/** @param {PatrolPlanInFull} found */
function take(found) {
  revision = found.revision;
  ({ area, unit, walkers, route } = found);
  points = found.checkpoints.map(({ name, area_id, lng, lat, radius_m, tolerance_m }) => ({ name, area_id, lng, lat, radius_m, tolerance_m: tolerance_m ?? 0 }));
  unitChosen = true;
  byId("again").hidden = false;
  byId("title").textContent = t("修改巡查计划");
  if (found.may.includes("patrol.end"))
    fill(byId("end"), el("button.button.button-stop", { type: "button", onclick: () => void endIt() }, t("停止计划")));
}

async function begin() {
  frame();
  try {
    const [areas, { grids }] = await Promise.all([get("/areas.geojson"), get("/grids/walked")]);
    unitsOf = Object.fromEntries(grids.map((/** @type {Grid} */ grid) => [grid.area.id, grid.unit]));
    for (const feature of areas.features) shapes[feature.properties.id] = feature;
    wall.showAreas(areas);
    wall.fit(wall.whole());
    const found = id === null ? null : /** @type {PatrolPlanInFull} */ (await get(`/patrol-plans/${id}`));
    if (found) take(found);
    drawWhat(found || {});
    drawWho(found || {});
    drawWhen(found || {});
    drawPoints(found || {});
    const extent = layer.extent();
    if (extent) wall.fit(extent);
  } catch (error) {
    fill(
      byId("main"),
      failure(error, () => location.reload()),
    );
  }
}

void begin();
