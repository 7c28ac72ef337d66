/**
 * Projects: how many stand where, the list with filters, the flags of today, the rules of flags, and the sheet to take in.
 * @import {FlagOfProject, FlagRule, Project} from "../wire"
 */
import { get, post } from "../lib/api.js";
import { may, say, t } from "../lib/desk.js";
import { ask } from "../lib/dialog.js";
import { byId, el, fill } from "../lib/dom.js";
import { bar, filterBar } from "../lib/filters.js";
import { flagLinks, flagMark } from "../lib/flags.js";
import { frame } from "../lib/frame.js";
import { pagedList, table } from "../lib/list.js";
import { today } from "../lib/periods.js";
import { askProject, input, lateness, money } from "../lib/projects.js";
import { showSheet } from "../lib/sheets.js";
import { searchUnits, unitById } from "../lib/sources.js";
import { blank, failure, loading, toast } from "../lib/states.js";
import { tabs } from "../lib/tabs.js";
import { codes, word } from "../lib/words.js";

/** @type {() => [string, string][]} */
const stages = () => codes("stage").map((stage) => [stage, word("stage", stage)]);
/** @type {() => [string, string][]} */
const colours = () => codes("colour").map((colour) => [colour, word("colour", colour)]);

const list = pagedList({
  place: byId("projects"),
  path: "/projects",
  draw,
  empty: () => blank(t("没有相符的项目"), t("可以登记一个项目，或把办公室的推进表导入进来。")),
});

/** @param {Project[]} projects */
function draw(projects) {
  const heads = [t("项目"), t("总投资"), t("主责单位"), t("包联领导"), t("阶段"), t("下一节点"), t("本年投资"), t("旗牌")];
  return table(heads, projects.map(row), t("项目"));
}

/** @param {Project} project */
function row(project) {
  return el(
    "tr",
    {},
    el("td.project-name", {}, el("a", { href: `/projects/${project.id}` }, project.name), el("span.under", {}, [project.investor, project.chain].filter(Boolean).join(" · "))),
    el("td.nowrap.number", {}, money(project.amount, project.amount_unit)),
    el("td.nowrap", {}, project.unit.name),
    el("td.nowrap", {}, project.lead?.name),
    el("td.nowrap", {}, word("stage", project.stage), project.stopped_on ? el("span.under", {}, t("{day} 终止", { day: project.stopped_on })) : null),
    el("td.nowrap", {}, next(project)),
    el("td.nowrap", {}, invested(project)),
    el("td", {}, flagLinks(project.flags)),
  );
}

/** The first stage that is planned and not reached. @param {Project} project */
function next({ milestones }) {
  const coming = milestones.find((each) => each.planned_on && !each.actual_on);
  if (!coming) return el("span.faint", {}, "—");
  return [`${word("stage", coming.stage)} ${coming.planned_on}`, el("span.under", {}, lateness(coming))];
}

/** @param {Project} project */
function invested({ this_year: year, amount_unit: unit }) {
  if (year.share === null && year.done === "0") return el("span.faint", {}, "—");
  const told = t("完成 {done} / 计划 {planned}", { done: money(year.done, unit), planned: money(year.planned, unit) });
  return [year.share === null ? null : `${year.share}%`, el("span.under", {}, told)];
}

async function counted() {
  const told = await get("/projects/counted");
  const each = (/** @type {string | Node} */ label, /** @type {number | string} */ n, apart = false) => el(apart ? "div.apart" : "div", {}, el("b", {}, n), " ", el("span.soft", {}, label));
  fill(
    byId("counted"),
    el(
      "div.counts",
      {},
      told.stages.map((/** @type {{stage: string, count: number}} */ at) => each(word("stage", at.stage), at.count)),
      told.flags.map((/** @type {{colour: string, count: number}} */ of, /** @type {number} */ place) => each(flagMark(of.colour), of.count, place === 0)),
      told.signed.map((/** @type {{amount: string, unit: string}} */ sum, /** @type {number} */ place) => each(t("签约及以后"), money(sum.amount, sum.unit), place === 0)),
    ),
  );
}

async function register() {
  const made = await askProject(null);
  if (made) location.href = `/projects/${made.id}`;
}

// ── flags of today, and their rules ──

/** @param {string} [on] a day; today without */
async function flags(on = "") {
  await read(byId("flags"), async () => {
    const [then, waiting] = await Promise.all([get("/flags", on ? { on } : {}), get("/flags", { answered: 1 })]);
    const open = waiting.items.length ? [el("div.sheet-head", {}, el("h2", {}, t("申诉待裁定"))), flagTable(waiting.items)] : [];
    const none = blank(t("这一天没有旗牌"), t("旗牌按规则逐日自动授予和结束，不由人指定。"));
    return [open, flagHead(on || today()), then.items.length ? flagTable(then.items) : none];
  });
}

/** @param {string} on */
function flagHead(on) {
  const changed = (/** @type {Event} */ event) => void flags(/** @type {HTMLInputElement} */ (event.target).value);
  return el(
    "div.sheet-head",
    {},
    el("h2", {}, t("{day} 在授的旗牌", { day: on })),
    el("div.end.field", {}, el("label.visually-hidden", { for: "flags-on" }, t("哪一天")), el("input.input", { id: "flags-on", type: "date", value: on, max: today(), onchange: changed })),
  );
}

/** @param {FlagOfProject[]} found */
function flagTable(found) {
  const heads = [t("旗牌"), t("项目"), t("主责单位"), t("依据"), t("授予日"), t("状态")];
  const rows = found.map((flag) =>
    el(
      "tr",
      {},
      el("td.nowrap", {}, el("a", { href: `/flags/${flag.id}` }, flagMark(flag.colour))),
      el("td", {}, el("a", { href: `/projects/${flag.project.id}` }, flag.project.name)),
      el("td", {}, flag.project_unit.name),
      el("td", {}, say(flag)),
      el("td.nowrap", {}, flag.since),
      el("td.nowrap", {}, word("flag_standing", flag.standing)),
    ),
  );
  return table(heads, rows, t("旗牌"));
}

async function rules() {
  await read(byId("rules"), async () => ruleTable((await get("/flags/rules")).items));
}

/** @param {FlagRule[]} found */
function ruleTable(found) {
  const heads = [t("旗牌"), t("规则"), t("现行数值"), t("变更"), ...(may("flag.set") ? [t("设定")] : [])];
  const rows = found.map((rule) =>
    el(
      "tr",
      {},
      el("td.nowrap", {}, rule.colour ? flagMark(rule.colour) : el("span.faint", {}, t("通用"))),
      el("td", {}, say(rule)),
      el("td.nowrap.number", {}, amount(rule, rule.value)),
      el("td", {}, rule.history.length ? rule.history.map((set) => el("div", {}, t("{day} 起 {value}", { day: set.valid_from, value: amount(rule, set.value) }), el("span.under", {}, `${set.by.name} · ${set.reason}`))) : el("span.faint", {}, t("一直是初始值"))),
      may("flag.set") ? el("td", {}, el("button.button.button-small", { type: "button", onclick: () => void set(rule) }, t("改"))) : null,
    ),
  );
  return [el("p.project-none", {}, t("只看计划与实际日期、计划与完成投资。新数值从设定的日期起生效，以前的旗牌不变；已得的奖牌不因规则变严而收回。")), table(heads, rows, t("旗牌规则"))];
}

/** @param {FlagRule} rule @param {number} value */
function amount(rule, value) {
  return rule.unit === "days" ? t("{n} 天", { n: value }) : `${value}%`;
}

/** @param {FlagRule} rule */
async function set(rule) {
  const done = await ask({
    title: t("设定旗牌规则"),
    yes: t("设定"),
    body: [
      el("p", {}, say(rule)),
      input("value", rule.unit === "days" ? t("天数") : t("百分比"), { type: "number", min: rule.least, max: rule.most, required: true, value: rule.value }),
      input("valid_from", t("生效日期（最早明天）"), { type: "date", required: true }),
      input("reason", t("原因"), { required: true, minlength: 2, maxlength: 200 }),
    ],
    act: (form) => post("/flags/rules", { rule: rule.rule, value: Number(form.get("value")), valid_from: form.get("valid_from"), reason: form.get("reason") }),
  });
  if (!done) return;
  toast(t("已设定。"));
  await rules();
}

/** @param {HTMLElement} place @param {() => Promise<any>} act */
async function read(place, act) {
  fill(place, loading());
  try {
    fill(place, await act());
  } catch (error) {
    fill(place, failure(error, () => void read(place, act)));
  }
}

/** @param {string} tab */
function opened(tab) {
  if (tab === "flags") void flags();
  if (tab === "rules") void rules();
}

async function begin() {
  frame();
  byId("tab-sheet").hidden = !may("project.import");
  showSheet(byId("roster"), () => void Promise.all([list.read(), counted()]));
  tabs(["list", "flags", "rules", "sheet"], opened);
  const values = await filterBar(
    bar(),
    [
      { name: "stage", label: t("阶段"), type: "select", all: t("全部"), options: stages() },
      { name: "colour", label: t("旗牌"), type: "select", all: t("全部"), options: colours() },
      { name: "unit_id", label: t("责任单位"), type: "pick", all: t("全部单位"), search: searchUnits, byId: unitById },
      { name: "q", label: t("名称、投资方、地点"), type: "text" },
      { name: "mine", label: t("我包联或服务的"), type: "switch" },
      { name: "stopped", label: t("已终止"), type: "switch", all: t("否") },
    ],
    (changed) => void list.read(changed),
    ...(may("project.create") ? [el("button.button.button-main", { type: "button", onclick: () => void register() }, t("登记项目"))] : []),
  );
  await Promise.all([list.read(values), counted()]);
}

void begin();
