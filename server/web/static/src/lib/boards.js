/**
 * A month's board: who is ahead and who behind, every unit in unit order, each number a button that opens what made it.
 * @import {BoardNumber, BoardRow, BoardUnit, Measure} from "../wire"
 */
import { say, t } from "./desk.js";
import { tell } from "./dialog.js";
import { el } from "./dom.js";
import { table } from "./list.js";
import { dayShortly } from "./time.js";

/** @typedef {{measures: Measure[], units: BoardUnit[], rule: {least_people: number, listed: number}}} Told */

/** @type {Record<string, () => string>} */
const WHY = { small: () => t("人数少，不比较"), nothing_due: () => t("本期无应办，不排名") };

/** What is measured against a target that somebody sets. */
const AIMED = ["signed", "landed"];

/** A measure, under it what it weighs, and the unit of what is not counted one by one. @param {Measure} measure */
const headOf = ({ words, weight, unit }) => el("span", {}, say(words), unit ? el("span.under", {}, t("万元")) : null, el("span.under", {}, t("权重 {n}", { n: weight })));

/** @param {Told} board @returns {HTMLElement} */
export function monthBoard(board) {
  const weighed = board.measures.filter((measure) => measure.weight);
  return el(
    "div.board",
    {},
    lists(board.units),
    table(
      [t("单位"), ...weighed.map(headOf), t("得分"), t("名次"), t("榜")],
      board.units.map((unit) => row(unit, weighed)),
      t("各单位情况"),
    ),
    manners(board, weighed),
  );
}

/** The two lists side by side, or why there is none. @param {{listed: string, rank: number | null, score: string | null, unit: {name: string}}[]} units */
export function lists(units) {
  const ahead = units.filter((unit) => unit.listed === "ahead");
  const behind = units.filter((unit) => unit.listed === "behind");
  if (!ahead.length && !behind.length)
    return el("p.board-none", {}, t("本期可比单位不足 3 个，或得分全部相同，不列榜。"));
  return el("div.board-lists", {}, list(t("奋斗榜"), "ahead", ahead), list(t("锤炼榜"), "behind", behind));
}

/** @param {string} name @param {string} kind @param {{rank: number | null, score: string | null, unit: {name: string}}[]} units */
function list(name, kind, units) {
  const inOrder = [...units].sort((one, other) => Number(one.rank) - Number(other.rank));
  return el(
    `section.board-list.board-${kind}`,
    {},
    el("h3", {}, mark(kind), " ", name),
    units.length
      ? el("ol", {}, inOrder.map((unit) => el("li", {}, el("span.board-rank", {}, String(unit.rank)), el("b", {}, unit.unit.name), el("span.end", {}, unit.score))))
      : el("p.faint", {}, t("无")),
  );
}

/** A shape beside the word, so that colour alone says nothing. @param {string} kind */
function mark(kind) {
  return el("span", { "aria-hidden": "true" }, kind === "ahead" ? "▲" : "▽");
}

/** @param {BoardUnit} unit @param {Measure[]} weighed */
function row(unit, weighed) {
  return el(
    "tr",
    {},
    el("td.nowrap", {}, el("b", {}, unit.unit.name)),
    weighed.map((measure) => el("td.number", {}, number(unit, measure))),
    el("td.number", {}, unit.score ? opens(unit.score, () => reckoning(unit, weighed)) : el("span.faint.board-why", {}, WHY[unit.why]?.() || "—")),
    el("td.number", {}, unit.rank ? String(unit.rank) : "—"),
    el("td.nowrap", {}, listed(unit.listed)),
  );
}

/** @param {string} kind */
export function listed(kind) {
  if (!kind) return el("span.faint", {}, "—");
  const name = kind === "ahead" ? t("奋斗榜") : t("锤炼榜");
  return el(`span.tag.board-tag-${kind}`, {}, mark(kind), " ", name);
}

/** @param {BoardUnit} unit @param {Measure} measure */
function number(unit, measure) {
  const told = unit.numbers[measure.name];
  if (!told) return el("span.faint", {}, "—");
  if (told.part === null) return el("span.faint", {}, AIMED.includes(measure.name) ? t("未定目标") : t("无应办"));
  return [opens(`${told.got}/${told.of}`, () => rows(unit, measure, told)), el("span.under", {}, `${told.part}%`)];
}

/** @param {string} words @param {() => void} onclick */
function opens(words, onclick) {
  return el("button.link", { type: "button", onclick, title: t("看是哪些") }, words);
}

/** What made a number. @param {BoardUnit} unit @param {Measure} measure @param {BoardNumber} told */
function rows(unit, measure, told) {
  void tell(
    `${unit.unit.name} · ${say(measure.words)}`,
    el("p", {}, t("{got} / {of} = {part}%，权重 {weight}。", { got: told.got, of: told.of, part: told.part || "", weight: measure.weight })),
    el("p.faint", {}, say(measure.means)),
    table([t("项目或事项"), t("时限"), t("时间"), t("结果")], told.rows.map(rowOf), t("明细")),
  );
}

/** @param {BoardRow} of */
function rowOf(of) {
  const link = of.project
    ? [el("a", { href: `/projects/${of.project}` }, of.name), of.stage ? el("span.under", {}, say(of.stage)) : null]
    : el("a", { href: `/matters/${of.matter}` }, t("事项 {n}", { n: of.matter || 0 }), el("span.under", {}, of.name));
  return el(
    "tr",
    {},
    el("td", {}, link),
    el("td.nowrap", {}, when(of.due_at)),
    el("td.nowrap", {}, when(of.at)),
    el("td.nowrap", {}, of.amount ? el("span.under", {}, of.amount) : null, el(of.kept ? "span.kept" : "span.late", {}, [of.kept ? "✓" : "✕", of.kept ? t("计入") : t("未计入")].join(" "))),
  );
}

/** @param {string | null} at a day or an instant */
function when(at) {
  if (!at) return "—";
  return at.length > 10 ? dayShortly(at) : at;
}

/** How a score comes about. @param {BoardUnit} unit @param {Measure[]} weighed */
function reckoning(unit, weighed) {
  const due = weighed.filter((measure) => unit.numbers[measure.name]?.part);
  const whole = due.reduce((sum, measure) => sum + measure.weight, 0);
  void tell(
    [unit.unit.name, "·", t("得分"), unit.score].join(" "),
    table(
      [t("指标"), t("完成"), t("权重"), t("折算权重")],
      due.map((measure) =>
        el(
          "tr",
          {},
          el("td", {}, say(measure.words)),
          el("td.number", {}, `${unit.numbers[measure.name]?.part}%`),
          el("td.number", {}, String(measure.weight)),
          el("td.number", {}, `${((measure.weight * 100) / whole).toFixed(1)}%`),
        ),
      ),
      t("得分"),
    ),
    el("p.faint", {}, t("得分 = 各指标完成比例 × 折算权重之和，四舍五入到一位小数；没有应办的指标不计权重。")),
  );
}

/** How the board was made. @param {Told} board @param {Measure[]} weighed */
function manners(board, weighed) {
  return el(
    "details.board-manners",
    { open: true },
    el("summary", {}, t("怎么算的")),
    el(
      "ul",
      {},
      weighed.map((measure) => el("li", {}, el("b", {}, say(measure.words)), t("（权重 {n}）：{means}", { n: measure.weight, means: say(measure.means) }))),
      el("li", {}, t("得分相同的名次并列；没有应办的指标不计权重；全部没有应办的单位不排名。")),
      el("li", {}, t("不足 {n} 人的单位不比较、不列数。", { n: board.rule.least_people })),
      el("li", {}, t("两榜各列至多 {n} 个单位：并列最后一名的一起上奋斗榜；并列超出名额的不列锤炼榜，满分单位不列锤炼榜。", { n: board.rule.listed })),
      el("li", {}, t("只比较单位的工作结果，不统计个人，不计签到、轨迹和复核。")),
    ),
  );
}
