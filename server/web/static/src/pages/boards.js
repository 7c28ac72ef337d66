/**
 * The board of a month as it stands now, and the rules boards are made by.
 * @import {Board, BoardRule, BoardTarget, Measure} from "../wire"
 */
import { read, write } from "../lib/address.js";
import { get, post } from "../lib/api.js";
import { monthBoard } from "../lib/boards.js";
import { may, say, t } from "../lib/desk.js";
import { ask, textField } from "../lib/dialog.js";
import { byId, el, fill } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { table } from "../lib/list.js";
import { today } from "../lib/periods.js";
import { picker } from "../lib/picker.js";
import { searchUnits } from "../lib/sources.js";
import { blank, failure, loading, toast } from "../lib/states.js";
import { fully } from "../lib/time.js";

let month = read(["month"])["month"] || today().slice(0, 7);
let turn = 0;

async function show() {
  const mine = ++turn;
  write({ month });
  fill(byId("board"), loading());
  try {
    /** @type {Board} */
    const board = await get(`/boards/${encodeURIComponent(month)}`);
    if (mine !== turn) return;
    fill(byId("period"), bar(board));
    fill(byId("board"), board.units.length ? monthBoard(board) : blank(t("还没有可比较的单位"), t("县级之下的单位建好后在这里列出。")));
  } catch (error) {
    if (mine !== turn) return;
    fill(byId("period"));
    fill(byId("board"), failure(error, () => void show()));
  }
}

/** @param {Board} board */
function bar(board) {
  return [
    el("div.period-way", {}, step(-1, "‹", t("往前")), el("h2", { "aria-live": "polite" }, say(board.period.words)), step(1, "›", t("往后"))),
    board.over ? null : el("span.tag", {}, t("本月未结束，数字还会变")),
    board.rule.valid_from ? el("span.faint", {}, t("按 {day} 起的规则", { day: board.rule.valid_from })) : el("span.faint", {}, t("按通用规则")),
  ];
}

/** @param {number} by @param {string} mark @param {string} label */
function step(by, mark, label) {
  const [year, number] = month.split("-").map(Number);
  const to = new Date(Date.UTC(Number(year), Number(number) - 1 + by, 1)).toISOString().slice(0, 7);
  const off = by > 0 && month >= today().slice(0, 7);
  return el("button.button.button-small", { type: "button", "aria-label": label, disabled: off, onclick: () => go(to) }, mark);
}

/** @param {string} to */
function go(to) {
  month = to;
  void show();
}

async function rules() {
  fill(byId("rules"), loading());
  try {
    /** @type {{items: BoardRule[], measures: Measure[], targets: BoardTarget[]}} */
    const told = await get("/boards/rules");
    fill(
      byId("rules"),
      told.items.length ? ruleTable(told.items, told.measures) : blank(t("用的是通用规则"), t("管理员设定的规则从某月起生效，已发布的通报不变。")),
      told.targets.length ? [el("div.sheet-head.board-targets", {}, el("h2", {}, t("年度目标"))), targetTable(told.targets)] : null,
      may("board.change")
        ? el(
            "div.more",
            {},
            el("button.button", { type: "button", onclick: () => void change(told) }, t("设定规则")),
            el("button.button", { type: "button", onclick: () => void aim() }, t("设定年度目标")),
          )
        : null,
    );
  } catch (error) {
    fill(byId("rules"), failure(error, () => void rules()));
  }
}

/** @param {BoardRule[]} items @param {Measure[]} measures */
function ruleTable(items, measures) {
  const heads = [t("生效"), t("指标权重"), t("最少人数"), t("每榜至多"), t("原因"), t("设定时间")];
  return table(
    heads,
    items.map((rule) =>
      el(
        "tr",
        {},
        el("td.nowrap", {}, rule.valid_from),
        el("td.clip", {}, measures.filter((each) => rule.weights[each.name]).map((each) => `${say(each.words)} ${rule.weights[each.name]}`).join(t("；"))),
        el("td.number", {}, String(rule.least_people)),
        el("td.number", {}, String(rule.listed)),
        el("td.clip", {}, rule.reason),
        el("td.nowrap", {}, rule.made_at ? fully(rule.made_at) : ""),
      ),
    ),
    t("榜单规则"),
  );
}

/** @param {BoardTarget[]} targets */
function targetTable(targets) {
  return table(
    [t("单位"), t("签约目标（万元）"), t("落地目标（万元）"), t("生效")],
    targets.map((of) => el("tr", {}, el("td", {}, of.unit), el("td.number", {}, of.signed), el("td.number", {}, of.landed), el("td.nowrap", {}, of.valid_from))),
    t("年度目标"),
  );
}

async function aim() {
  /** @type {{id: string} | null} */
  let unit = null;
  const units = picker({ id: "ask-unit", placeholder: t("单位名称"), search: searchUnits, chosen: (choice) => (unit = choice) });
  /** @param {string} name @param {string} label */
  const amount = (name, label) => el("div.field", {}, el("label", { for: `ask-${name}` }, label), el("input.input", { id: `ask-${name}`, name, required: true, inputmode: "decimal" }));
  const done = await ask({
    title: t("设定年度目标"),
    yes: t("设定"),
    body: [
      el("p", {}, t("目标为全年数，按月折算；已发布的月份不变。")),
      el("div.field", {}, el("label", { for: "ask-unit" }, t("单位")), units.node),
      el("div.field", {}, el("label", { for: "ask-month" }, t("从哪个月起")), el("input.input", { id: "ask-month", name: "month", type: "month", required: true, value: today().slice(0, 7) })),
      el("div.fields", {}, amount("signed", t("签约目标（万元）")), amount("landed", t("落地目标（万元）"))),
    ],
    act: (form) => post("/boards/targets", { unit_id: Number(unit?.id || 0), valid_from: `${form.get("month")}-01`, signed: form.get("signed"), landed: form.get("landed") }),
  });
  if (!done) return;
  toast(t("目标已设定"));
  await Promise.all([show(), rules()]);
}

/** @param {{items: BoardRule[], measures: Measure[]}} told */
async function change(told) {
  const now = told.items[0];
  /** @param {string} name @param {string} label @param {number} value @param {number} least @param {number} most */
  const whole = (name, label, value, least, most) =>
    el("div.field", {}, el("label", { for: `ask-${name}` }, label), el("input.input", { id: `ask-${name}`, name, type: "number", required: true, min: least, max: most, value: String(value) }));
  const done = await ask({
    title: t("设定规则"),
    yes: t("设定"),
    body: [
      el("p", {}, t("从某月起生效；已发布的月份按原来的规则，不变。")),
      el("div.field", {}, el("label", { for: "ask-month" }, t("从哪个月起")), el("input.input", { id: "ask-month", name: "month", type: "month", required: true, value: today().slice(0, 7) })),
      el("div.fields", {}, told.measures.map((each) => whole(`w-${each.name}`, [say(each.words), t("权重")].join(" · "), now ? now.weights[each.name] || 0 : each.weight, 0, 100))),
      el("div.fields", {}, whole("least_people", t("少于几人不比较"), now?.least_people ?? 5, 3, 100), whole("listed", t("每榜至多几个单位"), now?.listed ?? 3, 1, 20)),
      textField("reason", t("原因"), { maxlength: 500 }),
    ],
    act: (form) =>
      post("/boards/rules", {
        valid_from: `${form.get("month")}-01`,
        weights: Object.fromEntries(told.measures.map(({ name }) => [name, Number(form.get(`w-${name}`))])),
        least_people: Number(form.get("least_people")),
        listed: Number(form.get("listed")),
        reason: form.get("reason"),
      }),
  });
  if (!done) return;
  toast(t("规则已设定"));
  await Promise.all([show(), rules()]);
}

frame();
void show();
void rules();
