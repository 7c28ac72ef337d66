/**
 * Planning a trip, new or again: facts, companions, stops in order with their windows, and the map they are set on.
 * @import {Stop, Trip} from "../wire"
 */
import { transform } from "ol/proj.js";
import { get, post, put } from "../lib/api.js";
import { me, t } from "../lib/desk.js";
import { byId, el, fill } from "../lib/dom.js";
import { DATUMS, field, send } from "../lib/form.js";
import { frame } from "../lib/frame.js";
import { picker } from "../lib/picker.js";
import { searchAreas, searchCompanions } from "../lib/sources.js";
import { failure } from "../lib/states.js";
import { fromField, toField } from "../lib/time.js";
import { codes, word } from "../lib/words.js";
import { makeMap } from "../map/canvas.js";
import { readAreas } from "../map/ground.js";
import { nameLayer } from "../map/names.js";
import { pointer } from "../map/pointing.js";
import { stopLayer } from "../map/stops.js";

const [, , number, again] = location.pathname.split("/");
const id = again === "edit" ? Number(number) : null;

/** @typedef {Stop & {datum: string, way: "area" | "point"}} PlanStop */
/** @typedef {{id: number, name: string, unit?: string}} Companion */

/** The datums whose degrees stand on the map as they are. */
const AS_ON_MAP = ["WGS-84", "CGCS2000"];

/** @type {PlanStop[]} */
let stops = [];
/** @type {Companion[]} */
let members = [];
let leader = 0;
let revision = /** @type {number | null} */ (null);
let pointAt = -1;

const form = /** @type {HTMLFormElement} */ (byId("form"));
const wall = makeMap(byId("map"), { label: t("地图：行程点") });
nameLayer(wall, () => []);
const layer = stopLayer(wall, pointer());
/** @type {Record<number, object>} */
const shapes = {};

/* ── facts ───────────────────────────────────────────────────────────────────────────────────────────── */

/** @param {string} name @param {Record<string, unknown>} [more] */
const input = (name, more = {}) => el("input.input", { name, id: `f-${name}`, ...more });

/** @param {Partial<Trip>} trip */
function drawFacts(trip) {
  const basis = field("basis", t("依据"), input("basis", { value: trip.basis || "", maxlength: 500 }), {
    wide: true,
    hint: t("安全或应急任务必须写明依据，每位成员都能看到。"),
  });
  const purpose = select(
    "purpose",
    codes("purpose").map((code) => [code, word("purpose", code)]),
    trip.purpose || "ordinary",
  );
  const photos = el("input", { type: "checkbox", name: "photos_required", value: "true", checked: trip.photos_required });
  const asked = el(
    "div.field.wide",
    {},
    el("label.choice", {}, photos, t("签到要带照片")),
    el("span.hint", {}, t("只有写明依据的安全、应急任务可以要求；没带照片的签到照样保存，并注明。")),
  );
  const show = () => {
    basis.hidden = asked.hidden = photos.disabled = purpose.value === "ordinary";
  };
  purpose.addEventListener("change", show);
  fill(
    byId("facts"),
    field("title", t("行程名称"), input("title", { value: trip.title || "", required: true, maxlength: 120 }), {
      must: true,
      wide: true,
    }),
    field(
      "starts_on",
      t("开始日期"),
      input("starts_on", { type: "date", value: trip.starts_on || "", required: true }),
      { must: true },
    ),
    field("ends_on", t("结束日期"), input("ends_on", { type: "date", value: trip.ends_on || "", required: true }), {
      must: true,
    }),
    field(
      "destination",
      t("目的地"),
      input("destination", { value: trip.destination || "", required: true, maxlength: 120 }),
      { must: true },
    ),
    field("chain", t("产业链"), input("chain", { value: trip.chain || "", maxlength: 60 })),
    field(
      "aim",
      t("目的"),
      el("textarea.area-input", { name: "aim", id: "f-aim", required: true, maxlength: 2000, value: trip.aim || "" }),
      { must: true, wide: true },
    ),
    field("purpose", t("性质"), purpose),
    field(
      "tracking",
      t("位置"),
      select(
        "tracking",
        codes("tracking").map((code) => [code, word("tracking", code)]),
        trip.tracking || "checkins",
      ),
      { hint: t("只记录本人另行同意的部分。") },
    ),
    basis,
    asked,
  );
  show();
}

/** @param {string} name @param {[string, string][]} options @param {string} value */
function select(name, options, value) {
  return el(
    "select.select",
    { name, id: `f-${name}` },
    options.map(([code, words]) => el("option", { value: code, selected: code === value }, words)),
  );
}

/* ── companions ──────────────────────────────────────────────────────────────────────────────────────── */

function drawMembers() {
  const chosen = el(
    "div.chips",
    {},
    members.map((member) =>
      el(
        "span.chip",
        {},
        member.name,
        el(
          "button",
          {
            type: "button",
            "aria-label": t("去掉 {name}", { name: member.name }),
            onclick: () => setMembers(members.filter((other) => other !== member)),
          },
          "×",
        ),
      ),
    ),
  );
  const lead = el(
    "select.select",
    {
      id: "f-leader_id",
      onchange: () => {
        leader = Number(lead.value);
      },
    },
    members.map((member) => el("option", { value: member.id, selected: member.id === leader }, member.name)),
  );
  const add = field(
    "member_ids",
    t("添加成员"),
    picker({
      id: "f-member_ids",
      placeholder: t("按姓名查找"),
      search: searchCompanions,
      once: true,
      chosen: (choice) => choice && setMembers([...members, { id: Number(choice.id), name: choice.name }]),
    }).node,
  );
  fill(
    byId("members"),
    el(
      "div.fields",
      {},
      el("div.field.wide", {}, el("span.label", {}, t("成员")), chosen),
      add,
      field("leader_id", t("带队"), lead),
    ),
  );
}

/** @param {Companion[]} changed */
function setMembers(changed) {
  members = changed.filter((member, index) => changed.findIndex((other) => other.id === member.id) === index);
  if (!members.some((member) => member.id === leader)) leader = members[0]?.id || 0;
  drawMembers();
}

/* ── stops ───────────────────────────────────────────────────────────────────────────────────────────── */

/** @returns {PlanStop} */
function emptyStop() {
  return {
    name: "",
    area_id: null,
    area_name: null,
    lng: null,
    lat: null,
    radius_m: 300,
    tolerance_m: 0,
    planned_from: null,
    planned_to: null,
    host_enterprise: "",
    datum: "WGS-84",
    way: "area",
  };
}

function drawStops() {
  fill(
    byId("stops"),
    stops.map(stopBox),
    el(
      "p.buttons",
      {},
      el(
        "button.button",
        {
          type: "button",
          onclick: () => {
            stops.push(emptyStop());
            drawStops();
          },
        },
        t("添加行程点"),
      ),
    ),
  );
  showStops();
}

/** Each stop on the map under its number in the list; one without a place yet keeps its number. */
function showStops() {
  layer.show(
    stops.map((stop, index) => ({ ...stop, id: index, ...hidden(stop) })),
    shapes,
  );
}

/**
 * What of a stop is not drawn: the way not chosen, and a point in a datum that only the server converts. It would
 * stand hundreds of metres from where it will be.
 * @param {PlanStop} stop
 */
function hidden(stop) {
  if (stop.way === "area") return { lng: null, lat: null };
  return { area_id: null, ...(AS_ON_MAP.includes(stop.datum) ? {} : { lng: null, lat: null }) };
}

/** @param {PlanStop} stop @param {number} index */
function stopBox(stop, index) {
  const path = `stops.${index}`;
  /** @param {keyof PlanStop} name @param {Record<string, unknown>} more @param {(value: string) => unknown} [read] */
  const bound = (name, more, read = (value) => value) =>
    el("input.input", {
      id: `f-${path}.${name}`,
      value: stop[name] ?? "",
      ...more,
      oninput: (/** @type {Event} */ event) => {
        Object.assign(stop, { [name]: read(/** @type {HTMLInputElement} */ (event.target).value) });
        showStops();
      },
    });
  return el(
    "fieldset.plan-stop",
    {},
    el("legend.visually-hidden", {}, t("行程点 {n}", { n: index + 1 })),
    stopHead(stop, index),
    el(
      "div.fields",
      {},
      field(`${path}.name`, t("名称"), bound("name", { required: true, maxlength: 120 }), { must: true }),
      field(`${path}.host_enterprise`, t("接待企业"), bound("host_enterprise", { maxlength: 120 })),
      stop.way === "area" ? areaField(stop, path) : pointFields(path, bound, stop, index),
      field(
        `${path}.planned_from`,
        t("计划到达"),
        bound("planned_from", { type: "datetime-local", value: toField(stop.planned_from) }, fromField),
      ),
      field(
        `${path}.planned_to`,
        t("计划离开"),
        bound("planned_to", { type: "datetime-local", value: toField(stop.planned_to) }, fromField),
      ),
      field(
        `${path}.tolerance_m`,
        t("容差（米）"),
        bound("tolerance_m", { type: "number", min: 0, max: 5000, step: 1 }, Number),
        { hint: t("地方很小时，给定位误差留的余地。") },
      ),
    ),
  );
}

/** @param {PlanStop} stop @param {number} index */
function stopHead(stop, index) {
  /** @param {"area" | "point"} way @param {string} words */
  const way = (way, words) =>
    el(
      "label.choice",
      {},
      el("input", {
        type: "radio",
        name: `way-${index}`,
        checked: stop.way === way,
        onchange: () => {
          stop.way = way;
          drawStops();
        },
      }),
      words,
    );
  /** @param {string} words @param {boolean} off @param {() => void} act */
  const button = (words, off, act) =>
    el(
      "button.button.button-small",
      {
        type: "button",
        disabled: off,
        onclick: () => {
          act();
          drawStops();
        },
      },
      words,
    );
  return el(
    "div.plan-stop-head",
    {},
    el("span.stop-number", {}, index + 1),
    way("area", t("按区域")),
    way("point", t("按地点和半径")),
    el(
      "span.end",
      {},
      button(t("上移"), index === 0, () => move(index, -1)),
      button(t("下移"), index === stops.length - 1, () => move(index, 1)),
      button(t("删除"), false, () => stops.splice(index, 1)),
    ),
  );
}

/** @param {number} index @param {number} by */
function move(index, by) {
  const [stop] = stops.splice(index, 1);
  if (stop) stops.splice(index + by, 0, stop);
}

/** @param {PlanStop} stop @param {string} path */
function areaField(stop, path) {
  const value = stop.area_id === null ? null : { id: String(stop.area_id), name: stop.area_name || "" };
  return field(
    `${path}.area_id`,
    t("区域"),
    picker({
      id: `f-${path}.area_id`,
      placeholder: t("按名称查找区域"),
      search: searchAreas,
      value,
      chosen: (choice) => void setArea(stop, choice ? Number(choice.id) : null, choice?.name || null),
    }).node,
    { must: true },
  );
}

/** @param {PlanStop} stop @param {number | null} area_id @param {string | null} name */
async function setArea(stop, area_id, name) {
  Object.assign(stop, { area_id, area_name: name });
  stop.name ||= name || "";
  if (area_id !== null) await learnShape(area_id);
  drawStops();
}

/** @param {number} area_id */
async function learnShape(area_id) {
  const collection = await get("/areas.geojson", { id: area_id });
  for (const feature of collection.features) shapes[feature.properties.id] = feature;
}

/**
 * @param {string} path
 * @param {(name: keyof PlanStop, more: Record<string, unknown>, read?: (value: string) => unknown) => HTMLElement} bound
 * @param {PlanStop} stop
 * @param {number} index
 */
function pointFields(path, bound, stop, index) {
  const datum = el(
    "select.select",
    {
      id: `f-${path}.datum`,
      onchange: () => {
        stop.datum = datum.value;
        showStops();
      },
    },
    DATUMS.map((name) => el("option", { value: name, selected: stop.datum === name }, name)),
  );
  const mark = el(
    "button.button",
    { type: "button", onclick: () => aim(index) },
    pointAt === index ? t("请在地图上点一下…") : t("在地图上点选"),
  );
  return [
    field(`${path}.lng`, t("经度"), bound("lng", { type: "number", step: "any", required: true }, Number), {
      must: true,
    }),
    field(`${path}.lat`, t("纬度"), bound("lat", { type: "number", step: "any", required: true }, Number), {
      must: true,
    }),
    field(`${path}.datum`, t("坐标系"), datum, { hint: t("从高德、腾讯地图抄来的坐标是 GCJ-02，保存后才显示在图上。") }),
    field(
      `${path}.radius_m`,
      t("半径（米）"),
      bound("radius_m", { type: "number", min: 1, max: 50000, required: true }, Number),
      { must: true },
    ),
    el("div.field", {}, el("span.label", {}, t("或者")), mark),
  ];
}

/** @param {number} index */
function aim(index) {
  pointAt = index;
  drawStops();
  byId("map").focus();
  byId("map").scrollIntoView({ block: "nearest" });
}

wall.map.on("click", (event) => {
  const stop = stops[pointAt];
  if (!stop) return;
  const [lng, lat] = toWgs(event.coordinate);
  Object.assign(stop, { lng: Number(lng?.toFixed(6)), lat: Number(lat?.toFixed(6)), datum: "WGS-84" });
  pointAt = -1;
  drawStops();
});

/** @param {number[]} point @returns {number[]} WGS-84 degrees, whatever the map is drawn in */
function toWgs(point) {
  return transform(point, wall.projection, "EPSG:4326");
}

/* ── reading and sending ─────────────────────────────────────────────────────────────────────────────── */

/** @returns {Record<string, unknown>} the plan as the API takes it */
function plan() {
  const told = Object.fromEntries([...new FormData(form)].filter(([name]) => !name.startsWith("way-")));
  return {
    ...told,
    leader_id: leader || null,
    member_ids: members.map((member) => member.id),
    ...(revision === null ? {} : { revision }),
    stops: stops.map((stop) => ({
      name: stop.name,
      tolerance_m: stop.tolerance_m || 0,
      planned_from: stop.planned_from,
      planned_to: stop.planned_to,
      host_enterprise: stop.host_enterprise || "",
      ...(stop.way === "area"
        ? { area_id: stop.area_id }
        : { lng: stop.lng, lat: stop.lat, datum: stop.datum, radius_m: stop.radius_m }),
    })),
  };
}

/** @param {string} path @returns {string} the field's own label */
function label(path) {
  const words = form.querySelector(`[data-path="${CSS.escape(path)}"] label`)?.textContent || path;
  const stop = /^stops\.(\d+)\./.exec(path);
  return stop ? [t("行程点 {n}", { n: Number(stop[1]) + 1 }), words].join(" ") : words;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void send(form, byId("wrong"), label, async () => {
    const trip = id === null ? await post("/trips", plan()) : await put(`/trips/${id}`, plan());
    location.assign(`/trips/${trip.id}`);
  });
});

/** @param {Trip} trip */
async function take(trip) {
  revision = trip.revision;
  leader = trip.leader.id;
  members = trip.members.map((member) => ({ id: member.id, name: member.name }));
  stops = trip.stops.map((stop) => ({ ...stop, datum: "WGS-84", way: stop.area_id === null ? "point" : "area" }));
  await Promise.all(trip.stops.filter((stop) => stop.area_id !== null).map((stop) => learnShape(Number(stop.area_id))));
  byId("again").hidden = !["submitted", "approved"].includes(trip.state);
  byId("title").textContent = t("修改行程");
}

async function begin() {
  frame();
  try {
    await readAreas(wall, () => wall.fit(wall.whole()));
    const trip = id === null ? null : /** @type {Trip} */ (await get(`/trips/${id}`));
    if (trip) await take(trip);
    else setMembers([{ id: me().id, name: me().name }]);
    drawFacts(trip || {});
    drawMembers();
    if (!stops.length) stops.push(emptyStop());
    drawStops();
  } catch (error) {
    fill(
      byId("main"),
      failure(error, () => location.reload()),
    );
  }
}

void begin();
