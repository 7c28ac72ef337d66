/**
 * The working calendar, month by month: China's days off and make-up days, and under them the county's own word.
 * @import {Workday, WorkingYear} from "../wire"
 */
import { get, put } from "./api.js";
import { desk, may, say, t } from "./desk.js";
import { ask, textField } from "./dialog.js";
import { el, fill } from "./dom.js";
import { table } from "./list.js";
import { failure, loading, toast } from "./states.js";
import { day as today, fully, now } from "./time.js";

const [TONGUE, WIDTH] = desk.lang === "en" ? ["en-GB", /** @type {const} */ ("short")] : ["zh-CN", /** @type {const} */ ("narrow")];
const MONTH = new Intl.DateTimeFormat(TONGUE, { month: "long", timeZone: "UTC" });
const WEEKDAY = new Intl.DateTimeFormat(TONGUE, { weekday: WIDTH, timeZone: "UTC" });

let shown = Number(today(new Date(now()).toISOString()).slice(0, 4));
let turn = 0;

/** @param {HTMLElement} place */
export async function showCalendar(place) {
  const mine = ++turn;
  fill(place, loading());
  try {
    /** @type {WorkingYear} */
    const year = await get(`/calendar/${shown}`);
    if (mine === turn) draw(place, year);
  } catch (error) {
    if (mine === turn) fill(place, failure(error, () => void showCalendar(place)));
  }
}

/** @param {HTMLElement} place @param {WorkingYear} year */
function draw(place, year) {
  fill(place, bar(place, year), year.announced ? null : notAnnounced(year), el("div.months", {}, months(year, place)), ownDays(year));
}

/** @param {HTMLElement} place @param {WorkingYear} year */
function bar(place, year) {
  /** @param {number} by @param {string} words */
  const go = (by, words) =>
    el("button.button.button-small", { type: "button", "aria-label": words, onclick: () => ((shown = year.year + by), void showCalendar(place)) }, by < 0 ? "←" : "→");
  return el(
    "div.filters.calendar-bar",
    {},
    go(-1, t("前一年")),
    el("h2", {}, t("{year} 年", { year: year.year })),
    go(1, t("后一年")),
    el("ul.day-legend", {}, [
      el("li", {}, el("span.workday.workday-off", {}, t("休")), t("节假日")),
      el("li", {}, el("span.workday.workday-makeup", {}, t("班")), t("调休上班")),
      el("li", {}, el("span.workday.workday-own", {}, "15"), t("本县另有规定")),
    ]),
  );
}

/** @param {WorkingYear} year */
function notAnnounced(year) {
  return el("div.notice", {}, t("{year} 年的放假安排尚未收录：只知道法定节日，不知道调休。通知发布后请升级，或在这里逐日填写。", { year: year.year }));
}

/** @param {WorkingYear} year @param {HTMLElement} place @returns {HTMLElement[]} */
function months(year, place) {
  return Array.from({ length: 12 }, (_, index) => {
    const days = year.days.filter(({ day }) => Number(day.slice(5, 7)) === index + 1);
    return month(index + 1, days, place);
  });
}

/** @param {number} number @param {Workday[]} days @param {HTMLElement} place */
function month(number, days, place) {
  const first = days[0];
  const before = first ? (new Date(`${first.day}T00:00:00Z`).getUTCDay() + 6) % 7 : 0;
  const cells = [...Array.from({ length: before }, () => el("td", {})), ...days.map((each) => el("td", {}, cell(each, place)))];
  const weeks = Array.from({ length: Math.ceil(cells.length / 7) }, (_, week) => el("tr", {}, cells.slice(7 * week, 7 * week + 7)));
  const heads = Array.from({ length: 7 }, (_, index) => WEEKDAY.format(Date.UTC(2024, 0, index + 1)));
  return el(
    "table.month",
    {},
    el("caption", {}, MONTH.format(Date.UTC(2000, number - 1, 15)), el("span.faint", {}, t("{n} 个工作日", { n: days.filter(({ works }) => works).length }))),
    el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, weeks),
  );
}

/** @param {Workday} day @param {HTMLElement} place */
function cell(day, place) {
  const mark = el("span.workday", {}, Number(day.day.slice(8)), el("span.workday-mark", {}, word(day)));
  if (day.own) mark.classList.add("workday-own");
  if (!day.works) mark.classList.add(day.holiday.zh || day.own ? "workday-off" : "workday-weekend");
  else if (isWeekend(day)) mark.classList.add("workday-makeup");
  const told = sentence(day);
  if (!may("calendar.change")) return el("span", { title: told }, mark, el("span.visually-hidden", {}, told));
  return el("button.workday-button", { type: "button", title: told, "aria-label": told, "data-key": day.day, onclick: () => void change(day, place) }, mark);
}

/** The one character that stands beside colour and shape. @param {Workday} day */
function word(day) {
  if (day.own) return day.works ? t("班") : t("休");
  if (isWeekend(day)) return day.works ? t("班") : day.holiday.zh ? t("休") : "";
  return day.works ? "" : t("休");
}

/** @param {Workday} day */
function isWeekend({ day }) {
  return [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
}

/** A day in words: what it is, and who says so. @param {Workday} day */
function sentence(day) {
  const parts = [day.day, day.works ? t("上班") : t("休息"), say(day.holiday)];
  if (day.own) parts.push(t("本县规定：{reason}", { reason: day.reason }), day.by?.name || "");
  return parts.filter(Boolean).join(" · ");
}

/** @param {Workday} day @param {HTMLElement} place */
async function change(day, place) {
  const asked = [
    ["", day.notice ? t("按国务院通知：上班") : t("按国务院通知：休息")],
    ["1", t("本县上班")],
    ["0", t("本县休息")],
  ];
  const now = day.own ? (day.works ? "1" : "0") : "";
  const reason = textField("reason", t("依据（本县另行规定时须写明）"), { required: false, maxlength: 120, rows: 2 });
  const input = reason.querySelector("textarea");
  if (input) input.value = day.reason;
  /** @type {WorkingYear | null} */
  let year = null;
  await ask({
    title: day.day,
    yes: t("保存"),
    body: [
      el("p", {}, sentence(day)),
      el(
        "fieldset.choices",
        {},
        el("legend.visually-hidden", {}, t("这一天")),
        asked.map(([value, words]) => el("label.choice", {}, el("input", { type: "radio", name: "works", value, checked: value === now }), words)),
      ),
      reason,
      el("p.hint", {}, t("保存后记下您的姓名和时间，所有未办结事项的期限随即重算。")),
    ],
    act: async (form) => {
      const works = form.get("works") === "" ? null : form.get("works") === "1";
      year = await put(`/calendar/days/${day.day}`, { works, reason: works === null ? "" : form.get("reason") });
    },
  });
  if (!year) return;
  draw(place, year);
  toast(t("已保存，未办结事项的期限已重算。"));
  /** @type {HTMLElement | null} */ (place.querySelector(`[data-key="${day.day}"]`))?.focus();
}

/** @param {WorkingYear} year */
function ownDays(year) {
  const own = year.days.filter((day) => day.own);
  if (!own.length) return el("p.more", {}, t("这一年本县没有另行规定的日子。"));
  return table(
    [t("日期"), t("本县规定"), t("国务院通知"), t("依据"), t("谁在何时规定")],
    own.map((day) =>
      el(
        "tr",
        {},
        el("td.nowrap", {}, day.day),
        el("td.nowrap", {}, day.works ? t("上班") : t("休息")),
        el("td.nowrap", {}, day.notice ? t("上班") : t("休息"), say(day.holiday) ? el("span.under", {}, say(day.holiday)) : null),
        el("td", {}, day.reason),
        el("td.nowrap", {}, day.by?.name, day.changed_at ? el("span.under", {}, fully(day.changed_at)) : null),
      ),
    ),
    t("本县另行规定的日子"),
  );
}
