/**
 * The visit log (走访日志): check-ins by time, filtered, a page at a time, exported with the same filters.
 * @import {AreaRef, Checkin} from "../wire"
 */
import { address, Refusal, get } from "../lib/api.js";
import { may, t } from "../lib/desk.js";
import { byId, el } from "../lib/dom.js";
import { bar, filterBar } from "../lib/filters.js";
import { frame } from "../lib/frame.js";
import { pagedList } from "../lib/list.js";
import { askReason } from "../lib/looks.js";
import { photoTiles } from "../lib/photos.js";
import {
  searchAreas,
  searchPeople,
  searchTrips,
  searchUnits,
  tripById,
  unitById,
  areaById,
  personById,
} from "../lib/sources.js";
import { blank, toast } from "../lib/states.js";
import { clock, day, dayInWords, span } from "../lib/time.js";
import { badge, signalTags, windowMark } from "../lib/verdict.js";
import { visitLines } from "../lib/visit.js";
import { adHoc, codes, word } from "../lib/words.js";

const COLUMNS = 8;

/** @type {Record<string, string>} */
let filters = {};

/** @param {string} group @returns {[string, string][]} */
const options = (group) => codes(group).map((code) => [code, word(group, code)]);

const list = pagedList({
  place: byId("log"),
  path: "/log",
  draw,
  empty: () =>
    Object.keys(filters).length
      ? blank(t("没有相符的签到"), t("放宽筛选条件再看看。"))
      : blank(t("还没有签到"), t("有人签到后，走访日志会自己写好。")),
});

/** @param {Checkin[]} checkins @returns {HTMLElement} */
function draw(checkins) {
  const heads = [
    t("时间"),
    t("人员"),
    t("行程 / 行程点"),
    t("所在区域"),
    t("判定"),
    t("计划时段"),
    t("见了谁"),
    t("说明"),
  ];
  return el(
    "div.table-wrap",
    { tabindex: 0, role: "region", "aria-label": t("走访日志") },
    el(
      "table.table",
      {},
      el("caption.visually-hidden", {}, t("走访日志，最新的在前")),
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          heads.map((head) => el("th", { scope: "col" }, head)),
        ),
      ),
      days(checkins).map(([instant, of_day]) => el("tbody", {}, dayRow(instant), of_day.map(row))),
    ),
  );
}

/** @param {Checkin[]} checkins @returns {[string, Checkin[]][]} by day in Shanghai, in the order given */
function days(checkins) {
  /** @type {Map<string, Checkin[]>} */
  const by = new Map();
  for (const checkin of checkins)
    by.set(day(checkin.happened_at), [...(by.get(day(checkin.happened_at)) || []), checkin]);
  return [...by.values()].map((of_day) => [String(of_day[0]?.happened_at), of_day]);
}

/** @param {string} instant */
function dayRow(instant) {
  return el("tr.day", {}, el("th", { scope: "rowgroup", colspan: COLUMNS }, dayInWords(instant)));
}

/** @param {Checkin} checkin */
function row(checkin) {
  return el(
    "tr",
    {},
    el("td.nowrap", {}, clock(checkin.happened_at), el("span.under", {}, word("checkin", checkin.kind))),
    el("td.nowrap", {}, el("b", {}, checkin.person.name), el("span.under", {}, checkin.unit.name)),
    el("td.clip", {}, tripCell(checkin)),
    el("td", {}, areaCell(checkin.areas)),
    el("td", {}, badge(checkin.verdict), signalTags(checkin.signals)),
    el("td.nowrap", {}, windowMark(checkin, span) || el("span.faint", {}, "—")),
    el("td.clip", {}, visitLines(checkin.visit)),
    el("td.clip", {}, checkin.note, answers(checkin), photoTiles(checkin)),
  );
}

/** @param {Checkin} checkin */
function tripCell(checkin) {
  if (!checkin.trip) return adHoc();
  return [
    el("a", { href: `/trips/${checkin.trip.id}` }, checkin.trip.title),
    checkin.stop ? el("span.under", {}, checkin.stop.name) : null,
  ];
}

/** @param {AreaRef[]} areas the finest named in full, what lies around it beneath */
function areaCell(areas) {
  const inner = [...areas].reverse();
  const finest = inner[0];
  if (!finest) return el("span.faint", {}, "—");
  return [
    finest.name,
    el(
      "span.under",
      {},
      inner
        .slice(1)
        .filter((area) => area.kind !== "county")
        .map((area) => area.name)
        .join(" · "),
    ),
  ];
}

/** @param {Checkin} checkin */
function answers(checkin) {
  const last = checkin.reviews[checkin.reviews.length - 1];
  return last ? el("span.under", {}, `${word("review", last.kind)}${last.by ? `（${last.by.name}）` : ""}${last.note}`) : null;
}

/* ── export ──────────────────────────────────────────────────────────────────────────────────────────── */

/** @param {string} ending @returns {HTMLAnchorElement} */
function exportLink(ending) {
  return el(
    "a.button.button-small",
    { id: `export-${ending}`, download: true },
    t("导出 {kind}", { kind: ending === "csv" ? "CSV" : "GeoJSON" }),
  );
}

/** Positions leave with the GeoJSON, so it asks for the reason first; asking the log itself tells whether it must. */
async function exportPositions(/** @type {MouseEvent} */ event) {
  event.preventDefault();
  const link = /** @type {HTMLAnchorElement} */ (event.currentTarget);
  try {
    const answer = await get("/log", { ...filters, limit: 200 });
    const missing = answer.items.some((/** @type {Checkin} */ one) => one.position_withheld === "reason_needed");
    if (missing && !(await askReason({ title: t("导出位置") }))) return;
    location.assign(link.href);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast(error.message, true);
  }
}

const links = { csv: exportLink("csv"), geojson: exportLink("geojson") };
links.geojson.addEventListener("click", exportPositions);

/** @param {Record<string, string>} values */
function changed(values) {
  filters = values;
  links.csv.href = address("/log.csv", filters);
  links.geojson.href = address("/log.geojson", filters);
  void list.read(filters);
}

async function begin() {
  frame();
  if (may("checkin.export")) byId("exports").append(links.csv, links.geojson);
  const watches = may("person.read");
  const values = await filterBar(
    bar(),
    [
      { name: "from", label: t("从"), type: "date" },
      { name: "to", label: t("到"), type: "date" },
      { name: "unit_id", label: t("单位"), type: "pick", all: t("全部单位"), search: searchUnits, byId: unitById },
      ...(watches
        ? [
            /** @type {const} */ ({
              name: "person_id",
              label: t("人员"),
              type: "pick",
              all: t("全部人员"),
              search: searchPeople,
              byId: personById,
            }),
          ]
        : []),
      { name: "trip_id", label: t("行程"), type: "pick", all: t("全部行程"), search: searchTrips, byId: tripById },
      { name: "area_id", label: t("区域"), type: "pick", all: t("全部区域"), search: searchAreas, byId: areaById },
      { name: "verdict", label: t("判定"), type: "select", all: t("全部"), options: options("verdict") },
      { name: "kind", label: t("种类"), type: "select", all: t("全部"), options: options("checkin") },
      { name: "signal", label: t("疑点"), type: "select", all: t("不限"), options: options("signal") },
      { name: "visits", label: t("只看走访"), type: "switch", all: t("否") },
    ],
    changed,
  );
  changed(values);
}

void begin();
