/**
 * The visit log (走访日志): check-ins filtered, sorted, leafed through both ways; taken home, drawn, kept as views.
 * @import {Checkin} from "../wire"
 * @import {Column} from "../lib/columns.js"
 */
import { read as inAddress, write } from "../lib/address.js";
import { address } from "../lib/api.js";
import { COLUMNS, columnsOf } from "../lib/columns.js";
import { may, t } from "../lib/desk.js";
import { byId, el, fill } from "../lib/dom.js";
import { bar, filterBar } from "../lib/filters.js";
import { frame } from "../lib/frame.js";
import { leafedList } from "../lib/leaves.js";
import { unexplained } from "../lib/looks.js";
import { printWhole } from "../lib/printing.js";
import {
  areaById,
  personById,
  searchAreas,
  searchPeople,
  searchTrips,
  searchUnits,
  tripById,
  unitById,
} from "../lib/sources.js";
import { blank, loading, toast } from "../lib/states.js";
import { take } from "../lib/taking.js";
import { day, dayInWords } from "../lib/time.js";
import { keepColumns, viewBar } from "../lib/views.js";
import { codes, word } from "../lib/words.js";

const FORMS = [
  ["csv", () => t("CSV 表格（不含坐标）")],
  ["xlsx", () => t("Excel 表格（不含坐标）")],
  ["geojson", () => t("GeoJSON（WGS-84 坐标）")],
  ["gpx", () => t("GPX（WGS-84 坐标）")],
];
/** The forms that hold coordinates: whose are another's leave for a reason only. */
const POSITIONED = new Set(["geojson", "gpx"]);
const SHOWN = ["sort", "direction", "columns", "map", "view", "cursor"];

/** @type {Record<string, string>} */
let filters = {};
/** @type {string[]} codes of the columns shown; none for the usual ones */
let columns = [];
/** @type {{read: (filters: Record<string, string>) => Promise<void>} | null} */
let map = null;

const order = inAddress(["sort", "direction"]);
/** @returns {Record<string, string>} the order as the address has it; nothing of the usual one */
const sorted = () => Object.fromEntries(Object.entries(order).filter(([, value]) => value));
const byTime = () => order.sort !== "enterprise";

const list = leafedList({ place: byId("log"), path: "/log", draw, empty });

function empty() {
  if (!may("place.read") && !Object.keys(filters).length)
    return blank(t("您还没有签到"), t("您的角色只能看到自己的签到。需要查看他人的，请联系县级督查部门。"));
  if (!Object.keys(filters).length) return blank(t("还没有签到"), t("有人签到后，走访日志会自己写好。"));
  const clear = el("a.button", { href: "/log" }, t("清除筛选"));
  if (filters.from && filters.to && filters.from > filters.to) return blank(t("起止日期颠倒了"), t("“从”晚于“到”，请调整。"), clear);
  return blank(t("没有相符的签到"), t("放宽筛选条件再看看。"), clear);
}

/* ── the table ───────────────────────────────────────────────────────────────────────────────────────── */

/** @param {Checkin[]} checkins @returns {HTMLElement} */
function draw(checkins) {
  const shown = columnsOf(columns);
  return el(
    "div.table-wrap",
    { tabindex: 0, role: "region", "aria-label": t("走访日志") },
    el(
      "table.table",
      {},
      el("caption.visually-hidden", {}, t("走访日志，一行一次签到")),
      el("thead", {}, el("tr", {}, shown.map(head))),
      byTime()
        ? days(checkins).map(([instant, of_day]) =>
            el("tbody", {}, dayRow(instant, shown.length), of_day.map((one) => row(one, shown))),
          )
        : el(
            "tbody",
            {},
            checkins.map((one) => row(one, shown)),
          ),
    ),
  );
}

/** @param {Column} column */
function head(column) {
  if (!column.sort) return el("th", { scope: "col" }, column.head());
  const mine = (order.sort || "happened") === column.sort;
  const up = order.direction === "up";
  const mark = mine ? (up ? "↑" : "↓") : "↕";
  return el(
    "th",
    { scope: "col", "aria-sort": mine ? (up ? "ascending" : "descending") : "none" },
    el(
      "button.sort",
      { type: "button", onclick: () => sortBy(column, mine) },
      column.head(),
      el("span", { "aria-hidden": "true" }, mark),
    ),
  );
}

/** @param {Column} column @param {boolean} again */
function sortBy(column, again) {
  const up = again ? order.direction !== "up" : column.sort === "enterprise";
  order.sort = column.sort === "happened" ? "" : String(column.sort);
  order.direction = up ? "up" : "";
  write({ ...order, cursor: null });
  readAll();
}

/** @param {Checkin[]} checkins @returns {[string, Checkin[]][]} by day in Shanghai, in the order given */
function days(checkins) {
  const at = (/** @type {Checkin} */ one) => (order.sort === "received" ? one.received_at : one.happened_at);
  /** @type {Map<string, Checkin[]>} */
  const by = new Map();
  for (const one of checkins) by.set(day(at(one)), [...(by.get(day(at(one))) || []), one]);
  return [...by.values()].map((of_day) => [at(/** @type {Checkin} */ (of_day[0])), of_day]);
}

/** @param {string} instant @param {number} width */
function dayRow(instant, width) {
  return el("tr.day", {}, el("th", { scope: "rowgroup", colspan: width }, dayInWords(instant)));
}

/** @param {Checkin} checkin @param {Column[]} shown */
function row(checkin, shown) {
  return el(
    "tr",
    {},
    shown.map((column) =>
      el(
        /** @type {"td"} */ (`td${column.look || ""}`),
        {},
        column.code === "time" && !byTime() ? el("span.under", {}, dayInWords(checkin.happened_at)) : null,
        column.cell(checkin),
      ),
    ),
  );
}

/* ── columns, forms, map ─────────────────────────────────────────────────────────────────────────────── */

/**
 * A button with a sheet under it, which Escape and a click elsewhere close.
 * @param {string} id
 * @param {string} words
 * @param {...Node} inside
 */
function menu(id, words, ...inside) {
  const sheet = el("div.menu-sheet", {}, inside);
  const box = el("details.menu", { id }, el("summary.button.button-small", {}, words), sheet);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    box.open = false;
    /** @type {HTMLElement} */ (box.firstElementChild).focus();
  });
  document.addEventListener("click", (event) => {
    if (!box.contains(/** @type {Node} */ (event.target))) box.open = false;
  });
  return box;
}

function columnMenu() {
  const shown = columnsOf(columns).map((column) => column.code);
  return menu(
    "columns",
    t("栏目"),
    ...COLUMNS.map((column) =>
      el(
        "label.choice",
        {},
        el("input", { type: "checkbox", value: column.code, checked: shown.includes(column.code), onchange: choose }),
        column.head(),
      ),
    ),
  );
}

function choose() {
  const boxes = [...document.querySelectorAll("#columns input:checked")];
  columns = boxes.map((box) => /** @type {HTMLInputElement} */ (box).value);
  write({ columns: null });
  list.redraw();
  void keepColumns(columns);
}

function formMenu() {
  const box = menu(
    "exports",
    t("导出"),
    ...FORMS.map(([form, words]) =>
      el(
        "button.menu-row",
        {
          type: "button",
          id: `export-${form}`,
          onclick: () => {
            box.open = false;
            const url = address(`/log.${form}`, { ...filters, ...sorted() });
            void take(url, String(form), byId("taking"), POSITIONED.has(String(form)) && unexplained(filters));
          },
        },
        /** @type {() => string} */ (words)(),
      ),
    ),
  );
  return box;
}

function mapButton() {
  const open = () => !byId("map-place").hidden;
  const button = el(
    "button.button.button-small",
    { type: "button", id: "to-map", "aria-expanded": String(open()), onclick: turn },
    t("地图"),
  );
  function turn() {
    byId("map-place").hidden = open();
    button.setAttribute("aria-expanded", String(open()));
    write({ map: open() ? "1" : null });
    if (open()) void drawMap();
  }
  return button;
}

async function drawMap() {
  if (byId("map-place").hidden) return;
  if (!map) {
    const { loggedMap } = await import("../map/logged.js");
    map ??= loggedMap(byId("map-place"));
  }
  await map.read(filters);
}

/* ── filters ─────────────────────────────────────────────────────────────────────────────────────────── */

/** @param {string} group @returns {[string, string][]} */
const options = (group) => codes(group).map((code) => [code, word(group, code)]);

/** @returns {import("../lib/filters.js").Field[]} what is asked most */
function firstFields() {
  return [
    { name: "q", label: t("企业、会见人、说明"), type: "text", all: t("词语，可用空格隔开") },
    { name: "period", label: t("时段"), type: "select", all: t("全部时间"), options: options("period") },
    { name: "from", label: t("从"), type: "date" },
    { name: "to", label: t("到"), type: "date" },
    { name: "unit_id", label: t("单位"), type: "pick", all: t("全部单位"), search: searchUnits, byId: unitById },
    { name: "verdict", label: t("判定"), type: "select", all: t("全部"), options: options("verdict") },
    { name: "visits", label: t("只看走访"), type: "switch", all: t("否") },
  ];
}

/** @returns {import("../lib/filters.js").Field[]} */
function moreFields() {
  /** @type {import("../lib/filters.js").Field} */
  const person = {
    name: "person_id",
    label: t("人员"),
    type: "pick",
    all: t("全部人员"),
    search: searchPeople,
    byId: personById,
  };
  return [
    ...(may("person.read") ? [person] : []),
    { name: "trip_id", label: t("行程"), type: "pick", all: t("全部行程"), search: searchTrips, byId: tripById },
    { name: "duty", label: t("任务性质"), type: "select", all: t("全部"), options: options("duty") },
    { name: "area_id", label: t("区域"), type: "pick", all: t("全部区域"), search: searchAreas, byId: areaById },
    { name: "kind", label: t("种类"), type: "select", all: t("全部"), options: options("checkin") },
    {
      name: "signal",
      label: t("疑点"),
      type: "select",
      all: t("不限"),
      options: [["any", t("有疑点")], ...options("signal")],
    },
  ];
}

async function filterBars() {
  const names = [...firstFields(), ...moreFields()].map((field) => field.name);
  const changed = () => {
    filters = inAddress(names);
    write({ cursor: null, view: null });
    tellMore();
    readAll();
  };
  await filterBar(bar(), firstFields(), changed);
  await filterBar(byId("more-filters"), moreFields(), changed);
  filters = inAddress(names);
  tellMore();
}

/** What the printed page says of the filters: each with the words that its control shows. */
function tellPrint() {
  const said = [...firstFields(), ...moreFields()]
    .filter((field) => filters[field.name])
    .map((field) => {
      const control = /** @type {HTMLInputElement | HTMLSelectElement} */ (byId(`filter-${field.name}`));
      const words = "selectedOptions" in control ? control.selectedOptions[0]?.textContent : control.value;
      return `${field.label}：${words}`;
    });
  byId("printed").textContent = said.join(t("；"));
}

/** How many of the further filters narrow the log; they are in sight when any does. */
function tellMore() {
  const box = /** @type {HTMLDetailsElement} */ (byId("more"));
  const set = moreFields().filter((field) => filters[field.name]).length;
  byId("more-count").textContent = set ? `(${set})` : "";
  if (set) box.open = true;
}

function readAll() {
  tellPrint();
  void list.read({ ...filters, ...sorted() });
  void drawMap();
}

/* ── beginning ───────────────────────────────────────────────────────────────────────────────────────── */

/** A view that the address names becomes the address: what is seen can be changed, and shared again. */
function useView(/** @type {import("../wire").View} */ view) {
  write({ ...view.filters, columns: view.columns.join(",") || null });
  Object.assign(order, inAddress(["sort", "direction"]));
}

async function begin() {
  frame();
  fill(byId("log"), loading());
  const views = viewBar(byId("views"), {
    chosen: useView,
    now: () => ({ filters: { ...filters, ...sorted() }, columns: columnsOf(columns).map((column) => column.code) }),
  });
  const told = inAddress(SHOWN);
  const chosen = await views.begin(told.view);
  columns = inAddress(["columns"]).columns?.split(",") || chosen;
  await filterBars();
  byId("map-place").hidden = !told.map;
  byId("tools").append(mapButton(), columnMenu(), ...(may("checkin.export") ? [formMenu()] : []), printButton());
  readAll();
}

function printButton() {
  return el("button.button.button-small", { type: "button", onclick: () => void printWhole() }, t("打印"));
}

begin().catch((error) => {
  toast(String(error.message || error), true);
  throw error;
});
