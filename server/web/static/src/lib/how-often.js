/** How often, as fields that make an RRULE: every so many days; weeks on weekdays; months on days, or on weekdays (the first Monday). */
import { t } from "./desk.js";
import { el, fill } from "./dom.js";
import { field } from "./form.js";
import { nthDay, partsOf, WEEKDAYS, weekdays } from "./patrols.js";

/** Which weekday of a month may be chosen; a stored rule may name others, counted from the end. */
const NTHS = [1, 2, 3, 4, -1];

/** @returns {{fields: (rule: string) => HTMLElement[], told: () => string}} */
export function howOften() {
  let freq = "WEEKLY";
  let interval = "1";
  /** @type {Set<string>} */
  let days = new Set();
  let monthDays = "1";
  /** Whether a month is told by its weekdays rather than its days. */
  let byWeekday = false;
  /** Weekdays of the month, each with which one of them. @type {{nth: number, code: string}[]} */
  let nthDays = [{ nth: 1, code: "MO" }];

  /** @param {string} rule */
  function read(rule) {
    const { FREQ = "WEEKLY", INTERVAL = "1", BYDAY = "", BYMONTHDAY = "" } = partsOf(rule);
    [freq, interval] = [FREQ, INTERVAL];
    if (FREQ === "WEEKLY") days = new Set(BYDAY.split(",").filter(Boolean));
    if (BYMONTHDAY) monthDays = BYMONTHDAY;
    byWeekday = FREQ === "MONTHLY" && Boolean(BYDAY);
    if (byWeekday) nthDays = BYDAY.split(",").map((told) => ({ nth: Number(told.slice(0, -2)), code: told.slice(-2) }));
  }

  function weekBoxes() {
    return el(
      "div.field.wide",
      { role: "group", "aria-label": t("星期") },
      el("span.label", {}, t("星期")),
      el(
        "div.choices",
        {},
        WEEKDAYS.map((code, index) => {
          const box = el("input", {
            type: "checkbox",
            checked: days.has(code),
            onchange: () => void (box.checked ? days.add(code) : days.delete(code)),
          });
          return el("label.choice", {}, box, String(weekdays()[index]));
        }),
      ),
    );
  }

  function monthField() {
    const control = el("input.input", {
      id: "f-month-days",
      value: monthDays,
      maxlength: 80,
      oninput: () => {
        monthDays = control.value;
      },
    });
    return field("month-days", t("几号"), control, { hint: t("多个用逗号分开；-1 为每月最后一天。") });
  }

  /** @param {{nth: number, code: string}} each @param {number} index @param {() => void} draw */
  function nthRow(each, index, draw) {
    const nths = NTHS.includes(each.nth) ? NTHS : [...NTHS, each.nth];
    const nth = choice(t("第几个"), nths.map((n) => [String(n), nthDay(n, "")]), String(each.nth), (value) => {
      each.nth = Number(value);
    });
    const on = choice(t("星期"), WEEKDAYS.map((code, at) => [code, String(weekdays()[at])]), each.code, (value) => {
      each.code = value;
    });
    const drop = () => (nthDays.splice(index, 1), draw());
    const without = nthDays.length > 1 ? el("button.button.button-small", { type: "button", onclick: drop }, t("删除")) : null;
    return el("div.nth-day", {}, nth, on, without);
  }

  function nthFields() {
    const node = el("div.field.wide", { role: "group", "aria-label": t("每月的第几个星期几") });
    const draw = () => {
      const add = () => (nthDays.push(another(nthDays)), draw());
      const more = el("button.button.button-small", { type: "button", disabled: nthDays.length > 6, onclick: add }, t("再加一天"));
      fill(node, el("span.label", {}, t("第几个星期几")), ...nthDays.map((each, index) => nthRow(each, index, draw)), el("p", {}, more));
    };
    draw();
    return node;
  }

  return {
    fields(rule) {
      read(rule);
      const week = weekBoxes();
      const month = monthField();
      const nth = nthFields();
      const by = el(
        "select.select",
        { id: "f-month-by" },
        el("option", { value: "day", selected: !byWeekday }, t("日期")),
        el("option", { value: "weekday", selected: byWeekday }, t("星期")),
      );
      const monthBy = field("month-by", t("按"), by);
      const many = el("input.input", {
        id: "f-interval",
        type: "number",
        min: 1,
        max: 99,
        value: interval,
        oninput: () => {
          interval = many.value;
        },
      });
      const often = el(
        "select.select",
        { id: "f-rule" },
        [
          ["DAILY", t("天")],
          ["WEEKLY", t("周")],
          ["MONTHLY", t("月")],
        ].map(([code, words]) => el("option", { value: code, selected: code === freq }, words)),
      );
      const show = () => {
        freq = often.value;
        week.hidden = freq !== "WEEKLY";
        byWeekday = by.value === "weekday";
        monthBy.hidden = freq !== "MONTHLY";
        month.hidden = monthBy.hidden || byWeekday;
        nth.hidden = monthBy.hidden || !byWeekday;
      };
      by.addEventListener("change", show);
      often.addEventListener("change", show);
      show();
      return [field("interval", t("每"), many), field("rule", t("单位（天、周、月）"), often), week, monthBy, month, nth];
    },
    told() {
      const every = Number(interval) > 1 ? `;INTERVAL=${Number(interval)}` : "";
      if (freq === "DAILY") return `FREQ=DAILY${every}`;
      if (freq === "WEEKLY") {
        const on = WEEKDAYS.filter((code) => days.has(code)).join(",");
        return `FREQ=WEEKLY${every}${on ? `;BYDAY=${on}` : ""}`;
      }
      if (byWeekday) return `FREQ=MONTHLY${every};BYDAY=${[...new Set(nthDays.map(({ nth, code }) => `${nth}${code}`))].join(",")}`;
      const on = monthDays.replace(/[，、\s]+/g, ",").replace(/^,|,$/g, "");
      return `FREQ=MONTHLY${every};BYMONTHDAY=${on}`;
    },
  };
}

/** The same weekday as the last, in the first week of the month that it is not told for yet. @param {{nth: number, code: string}[]} told */
function another(told) {
  const code = told.at(-1)?.code ?? "MO";
  return { nth: NTHS.find((nth) => !told.some((each) => each.nth === nth && each.code === code)) ?? 1, code };
}

/** @param {string} label @param {[string, string][]} options @param {string} value @param {(value: string) => void} chosen */
function choice(label, options, value, chosen) {
  const control = el(
    "select.select",
    { "aria-label": label, onchange: () => chosen(control.value) },
    options.map(([code, words]) => el("option", { value: code, selected: code === value }, words)),
  );
  return control;
}
