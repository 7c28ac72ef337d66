/**
 * The bar over a log or a report: which day, week or month, the way to its neighbours, and the same as a file.
 * @import {Period} from "../wire"
 */
import { address } from "./api.js";
import { desk, t } from "./desk.js";
import { el, fill } from "./dom.js";
import { dates, day, dayInWords, now } from "./time.js";

/** @type {Record<string, () => string>} */
const KINDS = { day: () => t("日"), week: () => t("周"), month: () => t("月") };

/** @returns {string} today in Shanghai by the server's clock */
export function today() {
  return day(new Date(now()).toISOString());
}

/** @param {Period} period @returns {string} */
function words(period) {
  if (period.kind === "day") return dayInWords(`${period.first}T12:00:00+08:00`);
  if (period.kind === "week")
    return t("{year} 年第 {n} 周（{dates}）", {
      year: period.name.slice(0, 4),
      n: Number(period.name.slice(6)),
      dates: dates(period.first, period.last),
    });
  const month = new Date(`${period.first}T12:00:00+08:00`);
  return new Intl.DateTimeFormat(desk.lang === "en" ? "en-GB" : "zh-CN", {
    timeZone: "Asia/Shanghai",
    year: "numeric",
    month: "long",
  }).format(month);
}

/**
 * @param {HTMLElement} place
 * @param {Period} period
 * @param {object} how
 * @param {(name: string) => void} how.go to another period
 * @param {string} how.path of the same under the API, without its ending
 * @param {Record<string, string>} [how.query]
 * @param {boolean} [how.kinds] whether one may change between day, week and month
 */
export function periodBar(place, period, { go, path, query = {}, kinds = false }) {
  /** @param {string} name @param {string} label @param {string} mark @param {boolean} [off] */
  const step = (name, label, mark, off = false) =>
    el(
      "button.button.button-small",
      { type: "button", "aria-label": label, disabled: off, onclick: () => go(name) },
      mark,
    );
  fill(
    place,
    kinds &&
      el(
        "div.segments",
        { role: "group", "aria-label": t("日志范围") },
        Object.entries(KINDS).map(([kind, label]) =>
          el(
            "button",
            {
              type: "button",
              "aria-pressed": String(kind === period.kind),
              onclick: () => go(period.around[kind] || period.name),
            },
            label(),
          ),
        ),
      ),
    el(
      "div.period-way",
      {},
      step(period.previous, t("往前"), "‹"),
      el("h2", { "aria-live": "polite" }, words(period)),
      step(period.next, t("往后"), "›", period.last >= today()),
    ),
    el(
      "div.buttons.end",
      {},
      ["docx", "xlsx"].map((ending) =>
        el(
          "a.button.button-small",
          { href: address(`${path}.${ending}`, query), download: true, id: `file-${ending}` },
          t("导出 {kind}", { kind: ending === "docx" ? "Word" : "Excel" }),
        ),
      ),
    ),
  );
}

/** The months, quarters and years between two days, the newest first: [name, words]. @param {string} from @param {string} to days @returns {[string, string][]} */
export function periods(from, to) {
  /** @type {Map<string, string>} */
  const found = new Map();
  const at = new Date(`${to.slice(0, 7)}-15T00:00:00Z`);
  for (; at.toISOString().slice(0, 7) >= from.slice(0, 7); at.setUTCMonth(at.getUTCMonth() - 1)) {
    const [year = "", month = ""] = at.toISOString().split("-");
    const quarter = `${year}-Q${Math.ceil(Number(month) / 3)}`;
    found.set(`${year}-${month}`, t("{year} 年 {month} 月", { year, month: Number(month) }));
    found.set(quarter, t("{year} 年第 {n} 季度", { year, n: quarter.slice(-1) }));
    found.set(year, t("{year} 年度", { year }));
  }
  return [...found];
}
