/** How often, as fields that make an RRULE: every so many days; weeks on weekdays; months on days of the month. */
import { t } from "./desk.js";
import { el } from "./dom.js";
import { field } from "./form.js";
import { partsOf, WEEKDAYS, weekdays } from "./patrols.js";

/** @returns {{fields: (rule: string) => HTMLElement[], told: () => string}} */
export function howOften() {
  let freq = "WEEKLY";
  let interval = "1";
  /** @type {Set<string>} */
  let days = new Set();
  let monthDays = "1";
  /** A rule of weekdays of the month, which these fields cannot say; kept until another is chosen. */
  let kept = "";

  /** @param {string} rule */
  function read(rule) {
    const { FREQ = "WEEKLY", INTERVAL = "1", BYDAY = "", BYMONTHDAY = "" } = partsOf(rule);
    [freq, interval] = [FREQ, INTERVAL];
    if (FREQ === "WEEKLY") days = new Set(BYDAY.split(",").filter(Boolean));
    if (BYMONTHDAY) monthDays = BYMONTHDAY;
    kept = FREQ === "MONTHLY" && BYDAY ? BYDAY : "";
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
        [monthDays, kept] = [control.value, ""];
      },
    });
    return field("month-days", t("几号"), control, { hint: t("多个用逗号分开；-1 为每月最后一天。") });
  }

  return {
    fields(rule) {
      read(rule);
      const week = weekBoxes();
      const month = monthField();
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
        month.hidden = freq !== "MONTHLY";
      };
      often.addEventListener("change", show);
      show();
      return [field("interval", t("每"), many), field("rule", t("单位（天、周、月）"), often), week, month];
    },
    told() {
      const every = Number(interval) > 1 ? `;INTERVAL=${Number(interval)}` : "";
      if (freq === "DAILY") return `FREQ=DAILY${every}`;
      if (freq === "WEEKLY") {
        const on = WEEKDAYS.filter((code) => days.has(code)).join(",");
        return `FREQ=WEEKLY${every}${on ? `;BYDAY=${on}` : ""}`;
      }
      const on = monthDays.replace(/[，、\s]+/g, ",").replace(/^,|,$/g, "");
      return `FREQ=MONTHLY${every};${kept ? `BYDAY=${kept}` : `BYMONTHDAY=${on}`}`;
    },
  };
}
