/**
 * The record, for auditors: who looked at whose positions, who opened which household, and why; everything that was done; the closed days, and
 * whether one still says what it said.
 * @import {Closing, HouseholdLook, Look, LogEvent, Named} from "../wire"
 */
import { read, write } from "../lib/address.js";
import { address, get } from "../lib/api.js";
import { desk, may, say, t } from "../lib/desk.js";
import { byId, el, fill } from "../lib/dom.js";
import { facts } from "../lib/facts.js";
import { bar, filterBar } from "../lib/filters.js";
import { frame } from "../lib/frame.js";
import { pagedList, table } from "../lib/list.js";
import { attempt, blank } from "../lib/states.js";
import { tabs } from "../lib/tabs.js";
import { fromField, fully } from "../lib/time.js";
import { word } from "../lib/words.js";

const TABS = ["looks", "households", "events", "closings"];

/** Whose rows alone are shown, by the word of the address: set by a click on a name. */
const WHO = { looks: ["reader_id", "subject_id"], events: ["actor_id", "person_id"] };

/** @type {Map<number, string>} the names that were read: they stay out of the address */
const names = new Map();

/** @type {Record<string, string>} the bar's values */
let bars = {};

const looks = pagedList({
  place: byId("looks"),
  path: "/looks",
  draw: (/** @type {Look[]} */ items) =>
    table(
      [t("时间"), t("查看人"), t("被查看人"), t("行程"), t("理由"), t("从哪里")],
      items.map(lookRow),
      t("查看记录"),
    ),
  empty: () => blank(t("没有相符的查看记录")),
});

const households = pagedList({
  place: byId("households"),
  path: "/looks/households",
  draw: (/** @type {HouseholdLook[]} */ items) =>
    table([t("时间"), t("查看人"), t("住户"), t("理由")], items.map(householdRow), t("谁打开过住户")),
  empty: () => blank(t("没有相符的查看记录")),
});

const events = pagedList({
  place: byId("events"),
  path: "/events",
  draw: (/** @type {LogEvent[]} */ items) =>
    table([t("编号"), t("时间"), t("做过什么"), t("操作人"), t("对象"), t("内容")], items.map(eventRow), t("操作记录")),
  empty: () => blank(t("没有相符的操作记录")),
});

const closings = pagedList({
  place: byId("closings"),
  path: "/closings",
  draw: (/** @type {Closing[]} */ items) =>
    table(
      [t("日期"), t("条数"), t("其中晚到"), t("哈希"), t("签名密钥"), t("存证时间"), t("核对")],
      items.map(closingRow),
      t("每日存证"),
    ),
  empty: () => blank(t("还没有存证"), t("每天的记录在次日凌晨一点后存证，由定时清扫完成。")),
});

/**
 * A name that narrows the list to its rows.
 * @param {string} field
 * @param {Named} who
 */
function only(field, who) {
  const words = who.name || `#${who.id}`;
  names.set(who.id, words);
  return el(
    "button.link",
    { type: "button", title: t("只看 {name}", { name: words }), onclick: () => narrow(field, who.id) },
    words,
  );
}

/** @param {Look} look */
function lookRow(look) {
  return el(
    "tr",
    {},
    el("td.nowrap", {}, fully(look.at)),
    el("td.nowrap", {}, only("reader_id", look.by), el("span.under", {}, look.by.unit.name)),
    el("td.nowrap", {}, look.of && only("subject_id", look.of), el("span.under", {}, look.of?.unit.name)),
    el("td", {}, look.trip?.title || el("span.faint", {}, t("行程外"))),
    el("td", {}, look.reason),
    el("td.nowrap", {}, word("door", look.door)),
  );
}

/** @param {HouseholdLook} look */
function householdRow(look) {
  return el(
    "tr",
    {},
    el("td.nowrap", {}, fully(look.at)),
    el("td.nowrap", {}, look.by.name, el("span.under", {}, look.by.unit.name)),
    el("td.nowrap", {}, t("住户 {n}", { n: look.household_id || 0 }), el("span.under", {}, look.unit?.name)),
    el("td", {}, look.reason),
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
    el("td", {}, kind ? say(kind) : event.kind),
    el("td.nowrap", {}, event.actor ? only("actor_id", event.actor) : el("span.faint", {}, t("系统或未登录"))),
    el("td.soft", {}, subject(event)),
    el("td.soft.clip", {}, facts(event.data)),
  );
}

/** @param {LogEvent} event whom and what it is about: the record keeps numbers, the names are those of now */
function subject(event) {
  const about = [
    event.person && only("person_id", event.person),
    event.unit && el("span", {}, event.unit.name || t("单位 {n}", { n: event.unit.id })),
    event.trip_id && el("span", {}, t("行程 {n}", { n: event.trip_id })),
  ].filter((each) => each instanceof Node);
  return about.length ? el("span.about", {}, about) : event.subject;
}

/* ── closings ────────────────────────────────────────────────────────────────────────────────────────── */

/** @param {Closing} closing */
function closingRow(closing) {
  const place = el("td", { "aria-live": "polite" });
  const button = el("button.button.button-small", { type: "button" }, t("核对"));
  button.addEventListener("click", () => void check(closing.day, button, place));
  place.append(button);
  return el(
    "tr",
    {},
    el("td.nowrap", {}, closing.day),
    el("td.number", {}, closing.count),
    el("td.number", {}, closing.late || el("span.faint", {}, "—")),
    el("td", {}, el("code.hash", { title: closing.head }, closing.head.slice(0, 16))),
    el("td.soft", {}, closing.kid),
    el("td.nowrap.soft", {}, fully(closing.closed_at)),
    place,
  );
}

/** @param {string} day @param {HTMLButtonElement} button @param {HTMLElement} place */
async function check(day, button, place) {
  button.disabled = true;
  const answer = await attempt(() => get("/closings/check", { day }));
  button.disabled = false;
  if (!answer) return;
  /** @type {{zh: string, en: string}[]} */
  const findings = answer.findings;
  fill(place, findings.length ? findings.map(wrong) : el("span.tag.tag-go", {}, "✓ ", t("相符")));
}

/** @param {{zh: string, en: string}} finding */
function wrong(finding) {
  return el("p.finding", {}, el("span.tag.tag-strong", {}, "✕ ", t("不符")), say(finding));
}

async function readClosings() {
  await closings.read({});
  const answer = await attempt(() => get("/closings", { limit: 1 }));
  if (answer?.due)
    fill(
      byId("closings-due"),
      el("div.notice.notice-wrong", { role: "alert" }, t("自 {day} 起的记录尚未存证，请管理员检查定时清扫。", { day: answer.due })),
    );
}

/* ── which rows ──────────────────────────────────────────────────────────────────────────────────────── */

/** @returns {"looks" | "households" | "events" | "closings"} the tab that is open */
function tab() {
  const named = read(["tab"]).tab;
  return named === "events" || named === "closings" || named === "households" ? named : "looks";
}

/** @param {string} field @param {number} id */
function narrow(field, id) {
  write({ [field]: String(id) });
  void refresh();
}

/** @returns {Record<string, string>} what is asked for in the open tab: days, both included, as instants */
function asked() {
  const { from, to, kind } = bars;
  const open = tab();
  return {
    ...(open === "closings" || open === "households" ? {} : read(WHO[open])),
    ...(from ? { from: String(fromField(`${from}T00:00`)) } : {}),
    ...(to ? { to: new Date(Date.parse(String(fromField(`${to}T00:00`))) + 86_400_000).toISOString() } : {}),
    ...(kind && open === "events" ? { kind } : {}),
  };
}

/** What narrows the list beside the bar's fields, each to be taken away. */
function chips() {
  const open = tab();
  if (open === "closings" || open === "households") return [];
  return WHO[open].flatMap((field) => {
    const id = read([field])[field];
    if (!id) return [];
    const gone = () => {
      write({ [field]: null });
      void refresh();
    };
    const close = el("button", { type: "button", "aria-label": t("去掉"), onclick: gone }, "×");
    return [el("span.chip", {}, `${ROLE_OF[field]}：${names.get(Number(id)) || `#${id}`}`, close)];
  });
}

/** @type {Record<string, string>} */
const ROLE_OF = { reader_id: t("查看人"), subject_id: t("被查看人"), actor_id: t("操作人"), person_id: t("涉及") };

const place = el("span.chips", {});
const link = el("a.button.button-small", { id: "export", download: true }, t("导出 {kind}", { kind: "CSV" }));

/** Read the open tab anew. */
async function refresh() {
  const open = tab();
  bar().hidden = open === "closings" || open === "households";
  const kind = bar().querySelector("#filter-kind")?.closest(".field");
  if (kind instanceof HTMLElement) kind.hidden = open !== "events";
  if (open === "closings") return readClosings();
  if (open === "households") return households.read({});
  link.hidden = !may(open === "looks" ? "look.export" : "event.export");
  link.href = address(`/${open}.csv`, asked());
  await (open === "looks" ? looks : events).read(asked());
  fill(place, chips());
}

async function begin() {
  frame();
  const kinds = Object.entries(desk.kinds || {}).map(
    ([kind, words]) => /** @type {[string, string]} */ ([kind, say(words)]),
  );
  bars = await filterBar(
    bar(),
    [
      { name: "kind", label: t("做过什么"), type: "select", all: t("全部"), options: kinds },
      { name: "from", label: t("从"), type: "date" },
      { name: "to", label: t("到"), type: "date" },
    ],
    (changed) => {
      bars = changed;
      void refresh();
    },
    place,
    link,
  );
  tabs(TABS, () => void refresh());
}

void begin();
