/**
 * Areas: the list by kind with versions beside a map, one area's history, and the import of a boundary file.
 * @import {Area, AreaVersion, Words} from "../wire"
 */
import { getCenter } from "ol/extent.js";
import { get, patch, post, Refusal } from "../lib/api.js";
import { ask } from "../lib/dialog.js";
import { may, say, t } from "../lib/desk.js";
import { byId, el, fill } from "../lib/dom.js";
import { bar, filterBar } from "../lib/filters.js";
import { DATUMS, field, send } from "../lib/form.js";
import { frame } from "../lib/frame.js";
import { attempt, blank, failure, loading, refusalNotice, toast } from "../lib/states.js";
import { fromField, fully } from "../lib/time.js";
import { codes, word } from "../lib/words.js";
import { drawJoints, metres } from "../lib/joints.js";
import { drawPreview } from "../lib/previews.js";
import { makeMap } from "../map/canvas.js";
import { readAreas } from "../map/ground.js";
import { legend } from "../map/legend.js";
import { nameLayer } from "../map/names.js";
import { overlays } from "../map/overlays.js";
import { shown } from "../map/shown.js";
import { drawTools } from "../lib/sketching.js";

const wall = makeMap(byId("map"), { label: t("地图：全部区域") });
nameLayer(wall, () => []);
const highlight = shown(wall);
const over = overlays(wall);
const list = byId("areas");

/** What the server keeps for "since always". */
const ALWAYS = Date.parse("2000-01-01T00:00:00Z");

/** @type {Area[]} */
let areas = [];
/** @type {Record<string, string>} */
let filters = {};

/* ── the list ────────────────────────────────────────────────────────────────────────────────────────── */

async function readList() {
  fill(list, loading());
  try {
    areas = (await get("/areas", { kind: filters.kind, name: filters.name })).items;
    drawList();
  } catch (error) {
    fill(list, failure(error, () => void readAll()));
  }
}

function drawList() {
  if (!areas.length)
    return fill(
      list,
      Object.keys(filters).length
        ? blank(t("没有相符的区域"))
        : blank(t("还没有区域"), t("导入边界文件后，地图和判定才有依据。")),
    );
  return fill(
    list,
    el(
      "div.table-wrap",
      { tabindex: 0, role: "region", "aria-label": t("区域") },
      el(
        "table.table",
        {},
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            [t("名称"), t("编码"), t("版本"), t("生效"), t("面积"), t("户数")].map((head) => el("th", { scope: "col" }, head)),
          ),
        ),
        codes("area").map(group),
      ),
    ),
  );
}

/** @param {string} kind */
function group(kind) {
  const of_kind = areas.filter((area) => area.kind === kind);
  if (!of_kind.length) return null;
  return el(
    "tbody",
    {},
    el(
      "tr.day",
      {},
      el("th", { scope: "rowgroup", colspan: 6 }, word("area", kind), el("span.faint", {}, ` ${of_kind.length}`)),
    ),
    of_kind.map(row),
  );
}

/** @param {Area} area */
function row(area) {
  return el(
    "tr",
    {},
    el(
      "td",
      {},
      el("button.link", { type: "button", onclick: () => void open(area) }, area.name),
      area.retired_at ? el("span.under", {}, t("已停用 {at}", { at: fully(area.retired_at) })) : null,
    ),
    el("td.number.soft", {}, area.code),
    el("td.nowrap", {}, t("第 {n} 版", { n: area.version })),
    el("td.nowrap.soft", {}, since(area.valid_from)),
    el(
      "td.nowrap.right.soft",
      {},
      area.area_km2 === null || area.area_km2 === undefined ? "" : `${area.area_km2.toFixed(2)} km²`,
    ),
    el("td.nowrap", {}, householdsOf(area)),
  );
}

/** @param {Area} area a grid's number of households, marked where it is not the usual 50 to 100 */
function householdsOf(area) {
  if (area.households === null || area.households === undefined)
    return area.kind === "grid" ? el("span.faint", {}, t("未填")) : "";
  const mark = { few: () => t("偏少"), many: () => t("偏多") }[String(area.households_are)];
  return [
    String(area.households),
    mark ? el("span.tag.tag-signal.households", { title: t("网格一般 50–100 户") }, mark()) : null,
  ];
}

/** @param {string} instant @returns {string} "always" for what is in force since before anything */
function since(instant) {
  return Date.parse(instant) <= ALWAYS ? t("一直有效") : fully(instant);
}

/* ── one area ────────────────────────────────────────────────────────────────────────────────────────── */

/** @param {Area} area */
async function open(area) {
  byId("one").hidden = false;
  fill(byId("one"), loading());
  try {
    const whole = await get(`/areas/${area.id}`);
    drawOne(whole);
    const extent = highlight.show(await get(`/areas/${area.id}.geojson`));
    if (extent) wall.fit(extent, 300);
  } catch (error) {
    fill(byId("one"), failure(error));
  }
}

/** @param {Area & {versions: AreaVersion[]}} area */
function drawOne(area) {
  fill(
    byId("one"),
    el(
      "div.sheet-head",
      {},
      el("h2", {}, area.name),
      el("span.faint.small", {}, `${word("area", area.kind)} ${area.code}`),
      el(
        "span.end.buttons",
        {},
        may("area.update")
          ? el(
              "button.button.button-small",
              { type: "button", onclick: () => void sayHouseholds(area) },
              t("户数"),
            )
          : null,
        may("area.import") && !area.retired_at
          ? el(
              "button.button.button-small",
              { type: "button", onclick: () => void redraw(area) },
              t("修改边界"),
            )
          : null,
        may("area.retire") && !area.retired_at
          ? el(
              "button.button.button-small.button-stop",
              { type: "button", onclick: () => void retire(area) },
              t("停用"),
            )
          : null,
      ),
    ),
    el("div", { id: "difference", "aria-live": "polite" }),
    el(
      "div.table-wrap",
      {},
      el(
        "table.table",
        {},
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            [t("版本"), t("生效"), t("发布"), t("来源坐标系"), t("修补")].map((head) =>
              el("th", { scope: "col" }, head),
            ),
          ),
        ),
        el(
          "tbody",
          {},
          area.versions.map((version) =>
            el(
              "tr",
              {},
              el(
                "td.nowrap",
                {},
                el(
                  "button.link",
                  { type: "button", onclick: () => void showVersion(area.id, version.number) },
                  t("第 {n} 版", { n: version.number }),
                ),
                version.name === area.name ? null : el("span.under", {}, version.name),
                version.number > 1 ? comparison(area, version.number) : null,
              ),
              el("td.nowrap", {}, since(version.valid_from)),
              el(
                "td.nowrap",
                {},
                fully(version.published_at),
                el("span.under", {}, version.published_by?.name || t("系统")),
              ),
              el("td.nowrap", {}, version.datum),
              el(
                "td",
                {},
                version.repairs.length
                  ? version.repairs.map((repair) => el("span.under", {}, say(repair)))
                  : el("span.faint", {}, t("无")),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}

/** @param {number} id @param {number} number */
async function showVersion(id, number) {
  const extent = highlight.show(await get(`/areas/${id}.geojson`, { version: number }));
  if (extent) wall.view.animate({ center: getCenter(extent), duration: 300 });
}

/**
 * The way to a version's difference from the one before it, or from any earlier one.
 * @param {Area & {versions: AreaVersion[]}} area
 * @param {number} number
 */
function comparison(area, number) {
  const earlier = area.versions.map((version) => version.number).filter((other) => other < number);
  const against = el(
    "select.select.select-small",
    { "aria-label": t("与哪一版相比") },
    earlier.map((other) => el("option", { value: other }, t("第 {n} 版", { n: other }))),
  );
  const act = () => void compare(area.id, Number(earlier.length > 1 ? against.value : earlier[0]), number);
  return el(
    "span.under.comparison",
    {},
    el("button.link.small", { type: "button", onclick: act }, earlier.length > 1 ? t("比较") : t("与上一版之差")),
    earlier.length > 1 ? against : null,
  );
}

/** @param {number} id @param {number} old @param {number} number what this version gained and lost against an earlier one */
async function compare(id, old, number) {
  const told = await attempt(() => get(`/areas/${id}/difference`, { old, new: number }));
  if (!told) return;
  highlight.show({ type: "FeatureCollection", features: [] });
  over.clear();
  for (const look of ["gained", "lost"]) if (told[look].area_m2) over.add(look, told[look].geometry);
  const extent = over.extent();
  if (extent) wall.fit(extent, 300);
  fill(
    byId("difference"),
    el(
      "div.notice",
      { role: "status" },
      el("b", {}, t("第 {n} 版与第 {m} 版相比", { n: number, m: old })),
      el("p", {}, el("span.plus", {}, "＋ ", t("增加 {area}", { area: metres(told.gained.area_m2) }))),
      el("p", {}, el("span.minus", {}, "－ ", t("减少 {area}", { area: metres(told.lost.area_m2) }))),
    ),
  );
}

/** @param {Area} area */
async function sayHouseholds(area) {
  const done = await ask({
    title: t("“{name}”的户数", { name: area.name }),
    yes: t("保存"),
    body: [
      el(
        "div.field",
        {},
        el("label", { for: "ask-households" }, t("户数（网格一般 50–100 户；不知道就留空）")),
        el("input.input", {
          id: "ask-households",
          name: "households",
          type: "number",
          min: 0,
          max: 1000000,
          value: area.households ?? "",
        }),
      ),
    ],
    act: (form) => {
      const told = String(form.get("households") || "");
      return patch(`/areas/${area.id}`, { households: told === "" ? null : Number(told) });
    },
  });
  if (done) await Promise.all([readList(), open(area)]);
}

/** @param {Area} area */
async function redraw(area) {
  const boundary = await attempt(() => get(`/areas/${area.id}.geojson`));
  if (!boundary) return;
  highlight.show({ type: "FeatureCollection", features: [] });
  tools?.change(area, boundary);
}

/** @param {string} kind */
async function readJoints(kind) {
  byId("joints-sheet").hidden = false;
  byId("joints-sheet").scrollIntoView({ block: "nearest" });
  fill(byId("joints"), loading());
  over.clear();
  try {
    const told = await get("/areas/joints", { kind });
    for (const joint of told.items) over.add(joint.kind, joint.geometry);
    fill(
      byId("joints"),
      drawJoints(told, (joint) => wall.fit(over.extentOf(joint.geometry), 300)),
    );
  } catch (error) {
    fill(
      byId("joints"),
      failure(error, () => void readJoints(kind)),
    );
  }
}

/** @type {ReturnType<typeof drawTools> | null} */
let tools = null;

/** @param {Area} area */
async function retire(area) {
  const done = await ask({
    title: t("停用“{name}”", { name: area.name }),
    yes: t("停用"),
    stop: true,
    body: [el("p", {}, t("停用后不再用于新的判定；已有签到保留当时的版本。停用不能撤销。"))],
    act: () => post(`/areas/${area.id}/retire`, {}),
  });
  if (done) await readAll();
}

/* ── importing ───────────────────────────────────────────────────────────────────────────────────────── */

/** @type {Record<string, () => string>} what each datum means, for whoever has to choose */
const MEANINGS = {
  "WGS-84": () => t("手机定位、GPS、国际通用数据"),
  CGCS2000: () => t("天地图、自然资源部门的国家数据"),
  "GCJ-02": () => t("高德、腾讯地图，网上下载的边界多为此种"),
  "BD-09": () => t("百度地图"),
};

function wireImport() {
  const form = /** @type {HTMLFormElement} */ (byId("import"));
  drawImport(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(form, byId("import-wrong"), featureLabel, () => importFile(form));
  });
  form.addEventListener("change", (event) => {
    const name = /** @type {HTMLInputElement} */ (event.target).name;
    if (name === "file") check(form, "datum", "");
    if (["file", "kind", "name_field", "code_field", "households_field"].includes(name)) void preview(form);
    if (name !== "datum") return;
    check(form, "reading", chosenDatum(form));
    over.choose(chosenDatum(form));
  });
}

/** @param {HTMLFormElement} form drawn anew for each file: a datum left over from the last one would go unnoticed */
function drawImport(form) {
  const kinds = el(
    "select.select",
    { name: "kind" },
    codes("area").map((kind) => el("option", { value: kind, selected: kind === "township" }, word("area", kind))),
  );
  fill(
    form,
    el("div", { id: "import-wrong" }),
    el(
      "div.fields",
      {},
      field(
        "file",
        t("边界文件"),
        el("input.input", {
          type: "file",
          name: "file",
          required: true,
          accept: ".geojson,.json,.gpkg,.zip,.kml,.kmz",
        }),
        {
          must: true,
          wide: true,
          hint: t("GeoJSON、GeoPackage、压缩的 Shapefile、KML。要么全部导入，要么一个都不导入。"),
        },
      ),
      field("kind", t("区域类别"), kinds, { must: true }),
      field("name_field", t("名称字段"), el("input.input", { name: "name_field", value: "name", required: true }), {
        must: true,
      }),
      field("code_field", t("编码字段"), el("input.input", { name: "code_field" }), {
        hint: t("不填则以名称为编码。"),
      }),
      field("households_field", t("户数字段"), el("input.input", { name: "households_field" }), {
        hint: t("不填则户数不变。"),
      }),
      field("parent_code", t("上级编码"), el("input.input", { name: "parent_code" })),
      field("valid_from", t("生效时间"), el("input.input", { name: "valid_from", type: "datetime-local" }), {
        hint: t("不填：新区域一直有效，新边界从现在起有效。"),
      }),
      datumField(),
    ),
    el("div", { id: "preview", "aria-live": "polite" }),
    el("p.buttons.import-go", {}, el("button.button.button-main", { type: "submit" }, t("导入"))),
  );
}

function datumField() {
  return el(
    "fieldset.field.wide",
    { dataset: { path: "datum" } },
    el("legend.label.must", {}, t("文件的坐标系")),
    el(
      "div.reasons",
      {},
      DATUMS.map((datum) =>
        el(
          "label",
          {},
          el("input", { type: "radio", name: "datum", value: datum, required: true }),
          el("span", {}, el("b", {}, datum), ` ${MEANINGS[datum]?.() || ""}`),
        ),
      ),
    ),
    el(
      "span.hint",
      {},
      t("选错会让边界偏移：GCJ-02 约 600 米，BD-09 约 1200 米，签到会落进别的村。不确定时请问文件的提供者。"),
    ),
  );
}

/** @param {HTMLFormElement} form @param {string} name @param {string} value the radio to choose among those of a name; "" for none */
function check(form, name, value) {
  for (const radio of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll(`input[name="${name}"]`)))
    radio.checked = radio.value === value;
}

/** @param {HTMLFormElement} form @returns {string} the reading that the chosen datum is; "" where none is chosen */
function chosenDatum(form) {
  const datum = String(new FormData(form).get("datum") || "");
  return datum === "CGCS2000" ? "WGS-84" : datum;
}

/** @param {HTMLFormElement} form @returns {FormData} what the doors ask for: the choice of a reading has become the datum */
function answers(form) {
  const told = new FormData(form);
  told.delete("reading");
  return told;
}

/** @param {HTMLFormElement} form lay the chosen file over the map in each datum, and say what importing would do */
async function preview(form) {
  const told = answers(form);
  const file = told.get("file");
  if (!(file instanceof File) || !file.size) return;
  for (const name of ["valid_from", ...(told.get("datum") ? [] : ["datum"])]) told.delete(name);
  const place = byId("preview");
  fill(place, loading());
  over.clear();
  try {
    const found = await post("/areas/previews", told);
    for (const reading of found.readings) over.add(reading.datum, reading.shapes);
    const extent = over.extent();
    if (extent && extent.every(Number.isFinite)) wall.fit(extent, 300);
    fill(
      place,
      drawPreview(found, featureLabel, chosenDatum(form), (datum) => {
        check(form, "datum", datum);
        over.choose(datum);
      }),
    );
    over.choose(chosenDatum(form));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    fill(place, refusalNotice(error, featureLabel));
  }
}

/** @param {string} path @returns {string} */
function featureLabel(path) {
  const number = /^feature (\d+)$/.exec(path);
  if (number) return t("第 {n} 个要素", { n: number[1] || "" });
  return document.querySelector(`#import [data-path="${CSS.escape(path)}"] label`)?.textContent || path;
}

/** @param {HTMLFormElement} form */
async function importFile(form) {
  const told = answers(form);
  const from = String(told.get("valid_from") || "");
  if (from) told.set("valid_from", String(fromField(from)));
  const report = await post("/areas/imports", told);
  drawImport(form);
  fill(byId("report"), reportOf(report));
  toast(t("已导入。"));
  over.clear();
  await readAll();
}

/** @param {{created: number, changed: number, unchanged: number, counted: number, mended: ({feature: number} & Words)[]}} report */
function reportOf(report) {
  return el(
    "div.notice.notice-good",
    { role: "status" },
    el(
      "b",
      {},
      t("已导入：新建 {created}，新版本 {changed}，未变 {unchanged}。", {
        created: report.created,
        changed: report.changed,
        unchanged: report.unchanged,
      }),
    ),
    report.counted ? el("p.under", {}, t("更新了 {n} 个区域的户数。", { n: report.counted })) : null,
    report.mended.length
      ? [
          el("p.under", {}, t("修补了 {n} 处：", { n: report.mended.length })),
          el(
            "ul",
            {},
            report.mended.map((mend) => el("li", {}, t("第 {n} 个要素", { n: mend.feature }), "：", say(mend))),
          ),
        ]
      : el("p.under", {}, t("没有需要修补的边界。")),
  );
}

/* ── beginning ───────────────────────────────────────────────────────────────────────────────────────── */

async function readAll() {
  const first = wall.areaSource.isEmpty();
  await Promise.all([readList(), readAreas(wall, () => first && wall.fit(wall.whole()))]);
}

/** @param {Area | null} area the one that was changed, if it was not a new one; the map stays where one drew */
async function published(area) {
  await readAll();
  if (area) await open(area);
}

async function begin() {
  frame();
  byId("map").append(legend(false));
  if (may("area.import")) {
    byId("import-sheet").hidden = false;
    wireImport();
    tools = drawTools(wall, byId("tools"), published);
  }
  filters = await filterBar(
    bar(),
    [
      {
        name: "kind",
        label: t("类别"),
        type: "select",
        all: t("全部"),
        options: codes("area").map((kind) => [kind, word("area", kind)]),
      },
      { name: "name", label: t("名称"), type: "text", all: t("名称中的字") },
    ],
    (changed) => {
      filters = changed;
      void readList();
    },
    el(
      "button.button.button-small",
      { type: "button", id: "find-joints", onclick: () => void readJoints(filters.kind || "grid") },
      t("查重叠与空隙"),
    ),
  );
  await readAll();
}

void begin();
