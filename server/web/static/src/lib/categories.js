/**
 * The categories of matters as a tree, each with its terms: read by everybody, kept by the county's administrators.
 * @import {Category, Term} from "../wire"
 */
import { get, post, put } from "./api.js";
import { may, t } from "./desk.js";
import { ask } from "./dialog.js";
import { el, fill } from "./dom.js";
import { table } from "./list.js";
import { blank, failure, loading, toast } from "./states.js";
import { codes, termWords, word } from "./words.js";

/** @type {["answer" | "solve" | "escalate", () => string, boolean][]} each term, its words, and whether there must be one */
const TERMS = [
  ["answer", () => t("答复时限"), true],
  ["solve", () => t("办理时限"), true],
  ["escalate", () => t("超期多久自动提请上级"), false],
];

/**
 * Categories in the order of their tree, each with how deep it lies.
 * @param {Category[]} categories
 * @param {number | null} [above]
 * @param {number} [depth]
 * @returns {{category: Category, depth: number}[]}
 */
export function inTree(categories, above = null, depth = 0) {
  const known = new Set(categories.map(({ id }) => id));
  /** @param {Category} one */
  const under = (one) => (one.parent_id !== null && known.has(one.parent_id) ? one.parent_id : null);
  return categories
    .filter((one) => under(one) === above)
    .flatMap((category) => [{ category, depth }, ...inTree(categories, category.id, depth + 1)]);
}

/**
 * The options of a choice among categories, with the tree in them.
 * @param {Category[]} categories
 * @param {number | null} [chosen]
 * @returns {HTMLOptionElement[]}
 */
export function categoryOptions(categories, chosen = null) {
  return inTree(categories).map(({ category, depth }) =>
    el("option", { value: String(category.id), selected: category.id === chosen }, "\u3000".repeat(depth) + category.name),
  );
}

/** Where what must be solved comes from. */
export const KINDS = ["patrol", "visit", "enterprise", "leader", "other"];

/** The category that a kind of matters is put into: its own, or the first that is for no other kind. @param {Category[]} categories @param {string} kind */
export function categoryFor(categories, kind) {
  const own = categories.find((each) => each.kind === kind) || inTree(categories).find(({ category }) => category.kind === null)?.category;
  return own ? String(own.id) : "";
}

/** @param {HTMLElement} place */
export async function showCategories(place) {
  fill(place, loading());
  try {
    const told = await get("/categories", { retired: true });
    fill(place, head(told.items, () => void showCategories(place)), drawn(told.items, () => void showCategories(place)));
  } catch (error) {
    fill(
      place,
      failure(error, () => void showCategories(place)),
    );
  }
}

/** @param {Category[]} categories @param {() => void} again */
function head(categories, again) {
  if (!may("category.change")) return null;
  return el("div.filters", {}, el("div.end", {}, button("button.button.button-main", t("新建类别"), null, categories, again)));
}

/** @param {Category[]} categories @param {() => void} again */
function drawn(categories, again) {
  if (!categories.length) return blank(t("还没有事项类别"), t("建立类别之后才能上报事项。"));
  const keeps = may("category.change");
  const heads = [t("类别"), ...TERMS.map(([, words]) => words()), t("办理方式"), ...(keeps ? [t("操作")] : [])];
  return table(
    heads,
    inTree(categories).map(({ category, depth }) =>
      el(
        "tr",
        {},
        el("td.category", {}, el(`span.depth-${Math.min(depth, 6)}`, {}, category.name), category.retired ? el("span.tag", {}, t("已停用")) : null, category.kind ? el("span.under", {}, t("“{kind}”归此类", { kind: word("matter", category.kind) })) : null),
        TERMS.map(([name]) => el("td.nowrap", {}, termWords(category[name]) || t("不自动提请"))),
        el("td", {}, category.planned ? t("先定计划，每月报进展") : t("直接办理")),
        keeps ? el("td.nowrap", {}, button("button.link.small", t("修改"), category, categories, again)) : null,
      ),
    ),
    t("类别与时限"),
  );
}

/** @param {"button.button.button-main" | "button.link.small"} kind @param {string} words @param {Category | null} category @param {Category[]} all @param {() => void} again */
function button(kind, words, category, all, again) {
  return el(kind, { type: "button", onclick: () => void edit(category, all).then((done) => done && again()) }, words);
}

/** @param {Category | null} category the one to change; null makes one @param {Category[]} all */
async function edit(category, all) {
  const done = await ask({
    title: category ? t("修改 {name}", { name: category.name }) : t("新建类别"),
    yes: category ? t("保存") : t("建立"),
    body: fields(category, all),
    act: (form) => (category ? put(`/categories/${category.id}`, told(form)) : post("/categories", told(form))),
  });
  if (done) toast(t("已保存，未办结事项的期限已重算。"));
  return done;
}

/** @param {Category | null} category @param {Category[]} all */
function fields(category, all) {
  const others = all.filter((each) => each.id !== category?.id);
  return [
    labelled("name", t("名称"), el("input.input", { name: "name", required: true, maxlength: 60, value: category?.name || "" })),
    labelled(
      "parent_id",
      t("上级类别"),
      el("select.select", { name: "parent_id" }, el("option", { value: "" }, t("没有，列在最上层")), categoryOptions(others, category?.parent_id ?? null)),
    ),
    ...TERMS.map(([name, words, must]) => termField(name, words(), must, category ? category[name] : null)),
    el("p.hint", {}, t("小时连夜连假计算；工作小时、工作日只算上班时间；天、月末日遇休息日顺延。")),
    labelled(
      "kind",
      t("哪种事项归此类"),
      el(
        "select.select",
        { name: "kind" },
        el("option", { value: "" }, t("不限，由上报人选择")),
        KINDS.map((kind) => el("option", { value: kind, selected: category?.kind === kind }, word("matter", kind))),
      ),
    ),
    check("planned", t("复杂事项：先定有日期的计划，每月报告进展"), category?.planned || false),
    labelled("position", t("排序号，小的在前"), el("input.input", { name: "position", type: "number", min: 0, max: 9999, required: true, value: String(category?.position ?? all.length) })),
    category ? check("retired", t("停用：不再用于新事项，已有的照常办理"), category.retired) : null,
  ];
}

/** @param {string} name @param {string} label @param {HTMLElement} control */
function labelled(name, label, control) {
  control.id = `ask-${name}`;
  return el("div.field", {}, el("label", { for: control.id }, label), control);
}

/** @param {string} name @param {string} label @param {boolean} checked */
function check(name, label, checked) {
  return el("label.choice", {}, el("input", { type: "checkbox", name, checked }), label);
}

/** @param {string} name @param {string} label @param {boolean} must @param {Term | null} term */
function termField(name, label, must, term) {
  const amount = el("input.input.term-amount", {
    id: `ask-${name}`,
    name,
    type: "number",
    min: 1,
    max: 2400,
    required: must,
    value: term ? String(term.amount) : "",
    placeholder: must ? null : t("不提请"),
  });
  const units = codes("term").map((code) => el("option", { value: code, selected: code === (term?.unit || "working_days") }, word("term", code)));
  const unit = el("select.select", { name: `${name}_unit`, "aria-label": t("{term}的单位", { term: label }) }, units);
  return el("div.field", {}, el("label", { for: `ask-${name}` }, label), el("div.term", {}, amount, unit));
}

/** @param {FormData} form */
function told(form) {
  /** @param {string} name */
  const term = (name) => (form.get(name) ? { amount: Number(form.get(name)), unit: form.get(`${name}_unit`) } : null);
  return {
    name: form.get("name"),
    parent_id: form.get("parent_id") ? Number(form.get("parent_id")) : null,
    position: Number(form.get("position")),
    planned: form.has("planned"),
    kind: form.get("kind") || null,
    retired: form.has("retired"),
    ...Object.fromEntries(TERMS.map(([name]) => [name, term(name)])),
  };
}
