/**
 * The record, for auditors: who looked at whose positions and why; everything that was done.
 * @import {Look, LogEvent} from "../wire"
 */
import { read, write } from "../lib/address.js";
import { desk, say, t } from "../lib/desk.js";
import { byId, el } from "../lib/dom.js";
import { filterBar } from "../lib/filters.js";
import { frame } from "../lib/frame.js";
import { pagedList, table } from "../lib/list.js";
import { blank } from "../lib/states.js";
import { fromField, fully } from "../lib/time.js";
import { word } from "../lib/words.js";

const looks = pagedList({
  place: byId("looks"),
  path: "/looks",
  draw: (/** @type {Look[]} */ items) =>
    table(
      [t("时间"), t("查看人"), t("被查看人"), t("行程"), t("理由"), t("从哪里")],
      items.map(lookRow),
      t("查看记录"),
    ),
  empty: () => blank(t("还没有查看记录")),
});

const events = pagedList({
  place: byId("events"),
  path: "/events",
  draw: (/** @type {LogEvent[]} */ items) =>
    table([t("编号"), t("时间"), t("操作"), t("操作人"), t("对象"), t("内容")], items.map(eventRow), t("操作记录")),
  empty: () => blank(t("没有相符的操作记录")),
});

/** @param {Look} look */
function lookRow(look) {
  return el(
    "tr",
    {},
    el("td.nowrap", {}, fully(look.at)),
    el("td.nowrap", {}, el("b", {}, look.by.name), el("span.under", {}, look.by.unit.name)),
    el("td.nowrap", {}, look.of?.name, el("span.under", {}, look.of?.unit.name)),
    el("td", {}, look.trip?.title || el("span.faint", {}, t("行程外"))),
    el("td", {}, look.reason),
    el("td.nowrap", {}, word("door", look.door)),
  );
}

/** @param {LogEvent} event */
function eventRow(event) {
  const kind = desk.kinds?.[event.kind];
  return el(
    "tr",
    {},
    el("td.number.soft", {}, event.number),
    el("td.nowrap", {}, fully(event.at)),
    el("td.nowrap", {}, kind ? say(kind) : event.kind, el("span.under", {}, event.kind)),
    el("td.nowrap", {}, event.actor?.name || el("span.faint", {}, t("系统或未登录"))),
    el("td.soft", {}, subject(event)),
    el("td.soft.clip", {}, facts(event.data)),
  );
}

/** @param {LogEvent} event @returns {string} whom and what it is about, by number: the record keeps no names */
function subject(event) {
  const parts = [
    event.trip_id && t("行程 {n}", { n: event.trip_id }),
    event.person_id && t("人员 {n}", { n: event.person_id }),
    event.unit_id && t("单位 {n}", { n: event.unit_id }),
  ];
  const named = parts.filter(Boolean).join(" · ");
  return named || event.subject;
}

/** @param {Record<string, unknown>} data @returns {string} */
function facts(data) {
  return Object.entries(data)
    .map(([key, value]) => `${key}=${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
    .join("  ");
}

/** @param {string} name "looks" or "events" */
function turnTo(name) {
  for (const tab of ["looks", "events"]) {
    byId(`tab-${tab}`).setAttribute("aria-selected", String(tab === name));
    byId(`panel-${tab}`).hidden = tab !== name;
  }
  write({ tab: name === "looks" ? null : name });
}

/** @param {Record<string, string>} values days, both included, as instants */
function asked(values) {
  const { from, to, ...rest } = values;
  return {
    ...rest,
    ...(from ? { from: String(fromField(`${from}T00:00`)) } : {}),
    ...(to ? { to: new Date(Date.parse(String(fromField(`${to}T00:00`))) + 86_400_000).toISOString() } : {}),
  };
}

async function begin() {
  frame();
  for (const tab of ["looks", "events"]) byId(`tab-${tab}`).addEventListener("click", () => turnTo(tab));
  turnTo(read(["tab"]).tab === "events" ? "events" : "looks");
  const kinds = Object.entries(desk.kinds || {}).map(
    ([kind, words]) => /** @type {[string, string]} */ ([kind, say(words)]),
  );
  const values = await filterBar(
    byId("filters"),
    [
      { name: "kind", label: t("操作"), type: "select", all: t("全部"), options: kinds },
      { name: "from", label: t("从"), type: "date" },
      { name: "to", label: t("到"), type: "date" },
    ],
    (changed) => void events.read(asked(changed)),
  );
  await Promise.all([looks.read({}), events.read(asked(values))]);
}

void begin();
