/**
 * What a bulletin states: a month's board or trips, or the published months of a quarter or year.
 * @import {BulletinInFull, OutUnit, RolledUpUnit, Stated} from "../wire"
 */
import { listed, lists, monthBoard } from "./boards.js";
import { t } from "./desk.js";
import { tell } from "./dialog.js";
import { el } from "./dom.js";
import { table } from "./list.js";
import { dates, monthShortly } from "./time.js";

/** What was done on trips, in the order of the columns. */
const VISITS = ["outbound", "reception", "enterprise_help"];

/** @param {BulletinInFull} bulletin @returns {Node[]} */
export function stated(bulletin) {
  const { kind, period, data } = bulletin;
  if (period.span !== "month") return [madeOf(bulletin), kind === "boards" ? boardOfMonths(bulletin) : tripsOfMonths(bulletin)];
  if (kind === "trips") return [trips(data.units), el("p.board-none", {}, t("按单位顺序列出，不排名、不涉及个人；同一天有多人在外只计一天。"))];
  return [monthBoard(/** @type {any} */ (data))];
}

/** @param {OutUnit[]} units */
function trips(units) {
  const heads = [t("单位"), t("外出人数"), t("在外天数"), t("目的地"), t("外出拜访"), t("接待客商"), t("帮扶企业")];
  return table(heads, units.map(tripRow), t("各单位外出情况"));
}

/** @param {OutUnit} row */
function tripRow({ unit, out, stated: told }) {
  if (!told) {
    const said = out ? t("有外出（人数少，不列数）") : t("未外出");
    return el("tr", {}, el("td.nowrap", {}, el("b", {}, unit.name)), el("td.faint", { colspan: 6 }, said));
  }
  const places = [...new Set(told.rows.map((row) => row.destination))].join(t("、"));
  return el(
    "tr",
    {},
    el("td.nowrap", {}, el("b", {}, unit.name)),
    el("td.number", {}, String(told.people)),
    el("td.number", {}, el("button.link", { type: "button", onclick: () => journeys(unit.name, told) }, String(told.days))),
    el("td.clip", {}, places),
    VISITS.map((kind) => el("td.number", {}, String(told.visits[kind] || 0))),
  );
}

/** The trips that made a unit's days. @param {string} name @param {Stated} told */
function journeys(name, told) {
  void tell(
    [name, "·", t("在外天数"), told.days].join(" "),
    table(
      [t("行程"), t("目的地"), t("日期")],
      told.rows.map((row) =>
        el("tr", {}, el("td.nowrap", {}, el("a", { href: `/trips/${row.trip}` }, t("行程 {n}", { n: row.trip }))), el("td", {}, row.destination), el("td.nowrap", {}, dates(row.first, row.last))),
      ),
      t("行程"),
    ),
  );
}

/** Which published months a longer one is made of. @param {BulletinInFull} bulletin */
function madeOf({ data }) {
  const months = data.months || [];
  return el(
    "p.board-none",
    {},
    t("依据已发布的月度通报汇总："),
    months.map(({ month, bulletin }) => [bulletin ? el("a.nowrap", { href: `/bulletins/${bulletin.id}` }, `${month} ${bulletin.number}`) : el("span.faint.nowrap", {}, month, " ", t("未发布，未计入")), "　"]),
  );
}

/** @param {BulletinInFull} bulletin */
function boardOfMonths({ data }) {
  const months = data.months || [];
  return el(
    "div.board",
    {},
    lists(data.units),
    table(
      [t("单位"), ...months.map(monthHead), t("平均得分"), t("名次"), t("榜")],
      data.units.map((/** @type {RolledUpUnit} */ row) =>
        el(
          "tr",
          {},
          el("td.nowrap", {}, el("b", {}, row.unit.name)),
          months.map(({ month }) => el("td.number", {}, String(row.months[month] || "—"))),
          el("td.number", {}, row.score || (row.why === "small" ? t("人数少，不比较") : t("本期无应办，不排名"))),
          el("td.number", {}, row.rank ? String(row.rank) : "—"),
          el("td", {}, listed(row.listed)),
        ),
      ),
      t("各单位情况"),
    ),
    el("p.board-none", {}, t("平均得分为各月已发布得分的平均，没有得分的月份（“—”）不计；点月份看当月的明细。得分相同的名次并列；人数少的单位不比较，各月都没有应办的不排名。")),
  );
}

/** A month over its column; it leads to the bulletin that its figures come from. @param {NonNullable<BulletinInFull["data"]["months"]>[number]} of */
function monthHead({ month, bulletin }) {
  const words = monthShortly(month);
  return bulletin ? el("a", { href: `/bulletins/${bulletin.id}`, title: bulletin.number }, words) : words;
}

/** @param {BulletinInFull} bulletin */
function tripsOfMonths({ data }) {
  const months = data.months || [];
  const made = table(
    [t("单位"), ...months.map(monthHead), t("在外天数")],
    data.units.map((/** @type {RolledUpUnit} */ row) =>
      el(
        "tr",
        {},
        el("td.nowrap", {}, el("b", {}, row.unit.name)),
        months.map(({ month }) => el("td.nowrap", {}, monthOut(row.months[month]))),
        el("td.number", {}, row.why === "small" ? "—" : String(row.days)),
      ),
    ),
    t("各单位外出情况"),
  );
  return el("div", {}, made, el("p.board-none", {}, t("按单位顺序列出，不排名、不涉及个人；人数逐月统计，不相加，同一天有多人在外只计一天。")));
}

/** @param {RolledUpUnit["months"][string] | undefined} told */
function monthOut(told) {
  if (!told || typeof told === "string") return "—";
  if (told.people === null) return told.out ? t("有外出") : t("未外出");
  return t("{people} 人 {days} 天", { people: told.people, days: told.days || 0 });
}
