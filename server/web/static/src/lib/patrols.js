/**
 * Patrols in words: how often, when, by whom; the mark of a state; and calling many grids out at once.
 * @import {Named, Patrol, PatrolPlan} from "../wire"
 */
import { post } from "./api.js";
import { may, t } from "./desk.js";
import { ask, tell, textField } from "./dialog.js";
import { el } from "./dom.js";
import { toast } from "./states.js";
import { clock, day, shortly } from "./time.js";
import { uuid } from "./uuid.js";
import { word } from "./words.js";

/** So many grids of a call are named, the others counted. */
const MOST_NAMED = 12;

export const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/** @returns {string[]} the days of the week, as they are written */
export const weekdays = () => [t("周一"), t("周二"), t("周三"), t("周四"), t("周五"), t("周六"), t("周日")];

/** How each state is coloured and shaped: like those of trips. @type {Record<string, string>} */
const SHOWN = {
  due: "approved",
  under_way: "under_way",
  done: "completed",
  partly_done: "returned",
  missed: "submitted",
  called_off: "cancelled",
};

/** @param {string} state */
export function stateMark(state) {
  return el(`span.state.state-${SHOWN[state] || "draft"}`, {}, word("patrol", state));
}

/** @param {string} purpose @returns {HTMLElement | null} a tag for what is not routine */
export function purposeTag(purpose) {
  return purpose === "routine" ? null : el("span.tag.tag-strong", {}, word("patrol_purpose", purpose));
}

/** @param {Pick<Patrol, "opens_at" | "closes_at">} patrol @returns {string} its window */
export function windowOf({ opens_at, closes_at }) {
  const same = day(opens_at) === day(closes_at);
  return `${shortly(opens_at)}–${same ? clock(closes_at) : shortly(closes_at)}`;
}

/** @param {Named[]} walkers */
export function names(walkers) {
  return walkers.map(({ name }) => name).join(t("、"));
}

/** @param {string} rule an RRULE @returns {Record<string, string>} its parts by name */
export function partsOf(rule) {
  return Object.fromEntries(rule.split(";").map((part) => /** @type {[string, string]} */ (part.split("="))));
}

/** How often, in words. @param {string} rule */
export function often(rule) {
  const { FREQ, INTERVAL = "1", BYDAY = "", BYMONTHDAY = "" } = partsOf(rule);
  const n = Number(INTERVAL);
  if (FREQ === "DAILY") return n === 1 ? t("每天") : t("每 {n} 天", { n });
  const days = FREQ === "WEEKLY" ? weekly(BYDAY) : monthly(BYDAY, BYMONTHDAY);
  if (FREQ === "WEEKLY") return [n === 1 ? t("每周") : t("每 {n} 周", { n }), days].filter(Boolean).join(" ");
  return [n === 1 ? t("每月") : t("每 {n} 个月", { n }), days].join(" ");
}

/** @param {string} by */
function weekly(by) {
  return by && by.split(",").map((code) => weekdays()[WEEKDAYS.indexOf(code)]).join(t("、"));
}

/** @param {string} byDay @param {string} byMonthDay */
function monthly(byDay, byMonthDay) {
  if (byMonthDay)
    return byMonthDay
      .split(",")
      .map((told) => (Number(told) > 0 ? t("{n} 日", { n: told }) : t("倒数第 {n} 天", { n: -Number(told) })))
      .join(t("、"));
  return byDay
    .split(",")
    .map((told) => nthDay(Number(told.slice(0, -2)), String(weekdays()[WEEKDAYS.indexOf(told.slice(-2))])))
    .join(t("、"));
}

/** Which weekday of a month, in words; without its name where that stands beside. @param {number} nth @param {string} name */
export function nthDay(nth, name) {
  if (nth === -1) return t("最后一个{day}", { day: name }).trim();
  return (nth > 0 ? t("第 {n} 个{day}", { n: nth, day: name }) : t("倒数第 {n} 个{day}", { n: -nth, day: name })).trim();
}

/** @param {PatrolPlan} plan @returns {string} by whom */
export function byWhom(plan) {
  return plan.who === "unit" ? t("{unit}认领", { unit: plan.unit.name }) : names(plan.walkers);
}

/* ── called out at once ──────────────────────────────────────────────────────────────────────────────── */

/**
 * The buttons for the two patrols that come in a hurry: one press opens the call, ready for every grid of the reader;
 * the second sends it.
 * @param {() => void} done
 * @returns {HTMLElement[]}
 */
export function callButtons(done) {
  if (!may("patrol.call")) return [];
  const button = (/** @type {string} */ title, /** @type {string} */ basis) =>
    el("button.button.button-stop", { type: "button", onclick: () => void callOut(title, basis, [], done) }, title);
  return [
    button(t("防汛巡查"), t("防汛应急响应，依据县防汛抗旱指挥部通知")),
    button(t("森林防火巡查"), t("森林火险预警，依据县森林防灭火指挥部通知")),
  ];
}

/**
 * Call out a patrol of grids; of every grid in the reader's scope where none is named.
 * @param {string} title
 * @param {string} basis
 * @param {Named[]} areas
 * @param {() => void} done
 */
export function callOut(title, basis, areas, done) {
  const id = uuid();
  const hours = el(
    "select.select",
    { id: "ask-hours", name: "hours" },
    [3, 6, 12, 24].map((n) => el("option", { value: n, selected: n === 6 }, t("{n} 小时内", { n }))),
  );
  return ask({
    title,
    yes: t("立即发起"),
    stop: true,
    body: [
      el("p", {}, areas.length ? t("{n} 个网格：{names}", { n: areas.length, names: someNames(areas) }) : t("您辖区内的全部网格，从现在开始。")),
      field("title", t("名称"), el("input.input", { id: "ask-title", name: "title", value: title, required: true, maxlength: 120 })),
      textField("basis", t("依据（每位巡查人员都能看到）"), { value: basis, minlength: 2, maxlength: 500 }),
      field("hours", t("完成时限"), hours),
    ],
    act: async (form) => {
      const told = { id, title: form.get("title"), basis: form.get("basis"), hours: Number(form.get("hours")) };
      const made = await post("/patrol-calls", { ...told, purpose: "emergency", area_ids: areas.map((area) => area.id) });
      toast(t("已发起 {n} 个网格的巡查，有关人员随即收到提醒。", { n: made.patrols.length }));
      done();
      if (made.unmanned.length) void tell(t("有网格没有人员"), el("p", {}, unmanned(made.unmanned)));
    },
  });
}

/** @param {Named[]} areas */
function unmanned(areas) {
  return t("以下 {n} 个网格及其上级单位都没有人员，请另行安排：{names}", { n: areas.length, names: someNames(areas) });
}

/** The first of many names, the others left to be guessed. @param {Named[]} areas */
function someNames(areas) {
  return names(areas.slice(0, MOST_NAMED)) + (areas.length > MOST_NAMED ? "……" : "");
}

/** @param {string} name @param {string} label @param {HTMLElement} control */
function field(name, label, control) {
  return el("div.field", {}, el("label", { for: `ask-${name}` }, label), control);
}
