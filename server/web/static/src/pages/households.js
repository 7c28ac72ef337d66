/**
 * Households: those one looks after, what is due first at the head; and those of the units one watches, in unit order.
 * @import {Household, HouseholdInFull, Households} from "../wire"
 */
import { get, post, Refusal, remove } from "../lib/api.js";
import { may, t } from "../lib/desk.js";
import { ask, tell } from "../lib/dialog.js";
import { byId, el, fill } from "../lib/dom.js";
import { bar, filterBar } from "../lib/filters.js";
import { frame } from "../lib/frame.js";
import { table } from "../lib/list.js";
import { askWhy } from "../lib/looks.js";
import { searchUnits, unitById } from "../lib/sources.js";
import { blank, failure, loading, toast } from "../lib/states.js";
import { fully } from "../lib/time.js";
import { uuid } from "../lib/uuid.js";

/** @param {string} name @param {string} label @param {Record<string, unknown>} more */
function input(name, label, more) {
  return el("div.field", {}, el("label", { for: `ask-${name}` }, label), el("input.input", { id: `ask-${name}`, name, ...more }));
}

/** When the next visit is due, with a word once it is. @param {Household} household @param {string} today */
function due({ due_on }, today) {
  return due_on <= today ? el("span.late", {}, t("应走访"), " ", due_on.slice(5)) : due_on;
}

/** @param {Household} household */
function about({ door, name, concern }) {
  return el("td.clip", {}, el("b", {}, door), name ? ` ${name}` : null, concern ? el("span.under", {}, concern) : null);
}

/* ── one's own ───────────────────────────────────────────────────────────────────────────────────────── */

/** @param {Households} told */
function drawMine(told) {
  const full = told.items.length >= told.most;
  fill(byId("actions"), full ? el("span.soft.small", {}, t("已联系 {n} 户，达到上限；先不再联系一户，才能新增。", { n: told.items.length })) : el("button.button.button-main", { type: "button", onclick: () => void add() }, t("新增联系户")));
  const heads = [t("住户"), t("下次走访"), t("上次走访"), t("间隔"), t("操作")];
  fill(
    byId("mine"),
    told.items.length
      ? table(heads, told.items.map((each) => row(each, told.today)), t("我联系的住户"))
      : blank(t("还没有联系住户"), t("新增后，这里按应走访的先后排列。")),
  );
}

/** @param {Household} each @param {string} today */
function row(each, today) {
  const button = (/** @type {string} */ words, /** @type {() => unknown} */ act) => el("button.button.button-small", { type: "button", onclick: act }, words);
  return el(
    "tr",
    {},
    about(each),
    el("td.nowrap", {}, due(each, today)),
    el("td.nowrap", {}, each.last_on || el("span.faint", {}, t("没有记录"))),
    el("td.nowrap", {}, t("{n} 天", { n: each.every_days })),
    el("td.nowrap", {}, el("span.buttons", {}, button(t("记一次走访"), () => visit(each, today)), each.looks?.length ? button(t("谁看过（{n}）", { n: each.looks.length }), () => showLooks(each)) : null, button(t("不再联系"), () => release(each)), button(t("删除信息"), () => forget(each)))),
  );
}

/** Who opened a household of one's own, when and why. @param {Household} each */
function showLooks(each) {
  const rows = (each.looks || []).map((look) => el("li", {}, el("b", {}, look.by.name), ` ${look.by.unit.name}`, el("p", {}, look.reason), el("span.under", {}, fully(look.at))));
  return tell(t("谁看过 {door}", { door: each.door }), el("ul.looks-list", {}, rows));
}

function add() {
  return ask({
    title: t("新增联系户"),
    yes: t("保存"),
    body: [
      input("door", t("门牌"), { required: true, maxlength: 120 }),
      input("name", t("称呼（可不填）"), { maxlength: 60 }),
      input("concern", t("关注什么（可不填）"), { maxlength: 500 }),
      input("every_days", t("每隔多少天走访一次"), { type: "number", min: 1, max: 366, value: 30, required: true }),
      el("p.soft.small", {}, t("写之前请征得住户同意，只写走访用得着的。“关注什么”可能涉及健康，只有您能直接看到；督查打开须说明理由，您能看到谁打开过。不再联系时立即删除。")),
    ],
    act: async (form) => {
      await post("/households", { ...Object.fromEntries(form), every_days: Number(form.get("every_days")) });
      await readMine();
    },
  });
}

/** @param {Household} each @param {string} today */
function visit(each, today) {
  const told_as = uuid();
  return ask({
    title: t("走访 {door}", { door: each.door }),
    yes: t("保存"),
    body: [input("visited_on", t("哪天"), { type: "date", value: today, max: today, required: true }), input("note", t("情况（可不填）"), { maxlength: 1000 })],
    act: async (form) => {
      await post(`/households/${each.id}/visits`, { told_as, visited_on: form.get("visited_on"), note: form.get("note") });
      await readMine();
      toast(t("已保存"));
    },
  });
}

/** @param {Household} each */
function release(each) {
  return ask({
    title: t("不再联系 {door}？", { door: each.door }),
    yes: t("不再联系"),
    stop: true,
    body: [el("p", {}, t("“关注什么”立即删除，走访记录保留到期满；其他人可以接着联系。"))],
    act: async () => {
      await post(`/households/${each.id}/release`);
      await readMine();
    },
  });
}

/** @param {Household} each */
function forget(each) {
  return ask({
    title: t("删除 {door} 的信息？", { door: each.door }),
    yes: t("删除"),
    stop: true,
    body: [el("p", {}, t("住户要求时使用：门牌、称呼和走访情况立即删除，无法恢复。"))],
    act: async () => {
      await remove(`/households/${each.id}`);
      await readMine();
    },
  });
}

async function readMine() {
  fill(byId("mine"), loading());
  try {
    drawMine(await get("/households/mine"));
  } catch (error) {
    fill(byId("mine"), failure(error, () => void readMine()));
  }
}

/* ── opening one that another looks after ─────────────────────────────────────────────────────────────── */

/** @param {Household} each */
async function open(each) {
  try {
    await show(await post(`/households/${each.id}/open`, {}));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.code !== "household_reason_needed") return toast(error.message, true);
    await openWithReason(each);
  }
}

/** @param {Household} each */
async function openWithReason(each) {
  /** @type {HouseholdInFull | null} */
  let told = null;
  const said = await askWhy({
    title: t("打开 {door}", { door: each.door }),
    about: t("住户的情况可能涉及健康等敏感个人信息，打开前请说明理由。本次登录期间每户只问一次。"),
    note: t("谁、何时、为什么打开会被记录，联系这一户的网格员可以看到。"),
    leave: ["trip_review"],
    act: async (reason) => {
      told = await post(`/households/${each.id}/open`, { reason });
    },
  });
  if (said && told) await show(told);
}

/** @param {HouseholdInFull} told */
function show(told) {
  /** @type {[string, string][]} */
  const lines = [
    [t("称呼"), told.name || "—"],
    [t("关注什么"), told.concern || "—"],
    [t("间隔"), t("{n} 天", { n: told.every_days })],
  ];
  const visits = told.visits.map((visit) => el("li", {}, el("b", {}, visit.visited_on), ` ${visit.note}`));
  return tell(
    told.door,
    el("dl.facts", {}, lines.flatMap(([label, value]) => [el("dt", {}, label), el("dd", {}, value)])),
    el("h3", {}, t("走访")),
    visits.length ? el("ul.looks-list", {}, visits) : el("p.soft", {}, t("没有记录")),
  );
}

/* ── those of the units below ────────────────────────────────────────────────────────────────────────── */

/** @param {Record<string, string>} asked */
async function readBelow(asked) {
  const place = byId("households");
  fill(place, loading());
  try {
    const told = /** @type {Households} */ (await get("/households", asked));
    const rows = told.items.map((each) =>
      el("tr", {}, el("td", {}, each.unit.name), about(each), el("td.nowrap", {}, each.last_on || el("span.faint", {}, t("没有记录"))), el("td.nowrap", {}, due(each, told.today)), told.may_open ? el("td.nowrap", {}, el("button.button.button-small", { type: "button", onclick: () => void open(each) }, t("打开详情"))) : null),
    );
    fill(
      place,
      rows.length ? table([t("单位"), t("住户"), t("上次走访"), t("下次走访"), ...(told.may_open ? [t("操作")] : [])], rows, t("辖区内的住户")) : blank(t("没有住户"), ""),
      told.cut ? el("p.more", {}, t("只列出一部分，请选更小的单位。")) : null,
    );
  } catch (error) {
    fill(place, failure(error, () => void readBelow(asked)));
  }
}

async function begin() {
  frame();
  await readMine();
  const watches = may("report.read");
  byId("below").hidden = !watches;
  if (!watches) return;
  const fields = [{ name: "unit_id", label: t("单位"), type: /** @type {const} */ ("pick"), all: t("全部单位"), search: searchUnits, byId: unitById }];
  await readBelow(await filterBar(bar(), fields, (changed) => void readBelow(changed)));
}

void begin();
