/**
 * Matters, and complaints and suggestions with their answers: what the reader may see, newest first.
 * @import {Matter} from "../wire"
 */
import { get, post } from "../lib/api.js";
import { may, me, t } from "../lib/desk.js";
import { ask, textField } from "../lib/dialog.js";
import { byId, el } from "../lib/dom.js";
import { categoryFor, categoryOptions, KINDS as TO_SOLVE } from "../lib/categories.js";
import { bar, filterBar } from "../lib/filters.js";
import { frame } from "../lib/frame.js";
import { knownNotice } from "../lib/known.js";
import { deadline, reportDue } from "../lib/matters.js";
import { photoField } from "../lib/proofs.js";
import { pagedList, table } from "../lib/list.js";
import { searchUnits, unitById } from "../lib/sources.js";
import { spotField } from "../lib/spot.js";
import { blank, toast } from "../lib/states.js";
import { fully } from "../lib/time.js";
import { uuid } from "../lib/uuid.js";
import { word } from "../lib/words.js";

const KINDS = [...TO_SOLVE, "complaint", "suggestion"];
/** What is answered, and takes no steps. */
const ANSWERED = ["complaint", "suggestion"];
const STATES = ["reported", "accepted", "assigned", "handled", "verified", "closed", "refused", "merged"];

const list = pagedList({
  place: byId("matters"),
  path: "/matters",
  draw,
  empty: () => blank(t("没有相符的事项"), t("发现问题可在这里上报；投诉建议每个页面下方都可以提出。")),
});

/** @param {Matter[]} matters */
function draw(matters) {
  const heads = [t("时间"), t("种类"), t("内容"), t("提出人"), t("承办"), t("状态"), t("时限")];
  return table(heads, matters.map(row), t("事项"));
}

/** @param {Matter} matter */
function row(matter) {
  return el(
    "tr",
    {},
    el("td.nowrap", {}, el("a", { href: `/matters/${matter.id}` }, fully(matter.reported_at))),
    el(
      "td.nowrap",
      {},
      el(matter.kind === "complaint" ? "span.tag.tag-strong" : "span.tag", {}, word("matter", matter.kind)),
      el("span.under", {}, matter.category?.name),
    ),
    el(
      "td.matter-text",
      {},
      matter.erased_at ? el("span.faint", {}, t("内容已删除")) : matter.text,
      el("span.under", {}, matter.place || wherefrom(matter.page)),
      matter.answers.map(said),
      answerButton(matter),
    ),
    el("td.nowrap", {}, matter.by?.name, el("span.under", {}, matter.unit?.name)),
    el("td.nowrap", {}, matter.assigned.unit?.name || matter.holder.name, el("span.under", {}, matter.assigned.person?.name)),
    el("td.nowrap", {}, matter.answers.length ? t("已答复") : word("matter", matter.state)),
    el("td.nowrap", {}, deadline(matter), matter.report_due_at ? el("span.under", {}, t("该报："), reportDue(matter)) : null),
  );
}

/** Where a complaint or a suggestion was written. @param {string | null} page its address @returns {string} */
function wherefrom(page) {
  if (!page) return "";
  return page.startsWith("/m/") ? t("在手机上写的") : t("在页面 {page} 上写的", { page });
}

/** What was answered. @param {Matter["answers"][number]} answer */
function said(answer) {
  return el(
    "p.matter-answer",
    {},
    el("span.under.faint.small", {}, t("{name} 答复于 {at}", { name: answer.by.name, at: fully(answer.at) })),
    answer.text,
  );
}

/** For whoever may answer, and nobody answers their own. @param {Matter} matter */
function answerButton(matter) {
  if (!may("matter.answer") || !ANSWERED.includes(matter.kind) || matter.by?.id === me().id) return null;
  const press = { type: "button", onclick: () => void reply(matter) };
  return el("button.button.button-small", press, matter.answers.length ? t("再答复") : t("答复"));
}

/** @param {Matter} matter */
async function reply(matter) {
  const answered = await ask({
    title: t("答复{name}", { name: matter.by?.name || "" }),
    body: [el("p.matter-text", {}, matter.text), textField("text", t("答复内容，提出人会看到"), { maxlength: 4000, minlength: 2 })],
    yes: t("送出答复"),
    act: (form) => post(`/matters/${matter.id}/answers`, { text: form.get("text") }),
  });
  if (answered) await list.read();
}

/** Report something that must be solved. */
async function report() {
  const categories = (await get("/categories")).items;
  const photos = photoField();
  const spot = spotField();
  const once = uuid();
  const place = el("input.input", { id: "ask-place", name: "place", maxlength: 120 });
  const category = el("select.input", { id: "ask-category_id", name: "category_id", required: true }, categoryOptions(categories));
  const kind = el(
    "select.input",
    { id: "ask-kind", name: "kind", required: true, onchange: () => (fits(), category.dispatchEvent(new Event("change"))) },
    TO_SOLVE.map((each) => el("option", { value: each }, word("matter", each))),
  );
  const fits = () => (category.value = categoryFor(categories, kind.value));
  fits();
  const done = await ask({
    title: t("上报事项"),
    yes: t("上报"),
    body: [
      el("div.field", {}, el("label", { for: "ask-kind" }, t("种类")), kind),
      el("div.field", {}, el("label", { for: "ask-category_id" }, t("类别")), category),
      textField("text", t("内容"), { rows: 4, maxlength: 4000, minlength: 2 }),
      el("div.field", {}, el("label", { for: "ask-place" }, t("地点（可不填）")), place),
      spot.node,
      knownNotice(category, place, spot),
      photos.node,
    ],
    act: async (form) => {
      const { told_as, ...counted } = photos.told();
      await post("/matters", { ...Object.fromEntries(form), ...spot.told(), category_id: Number(form.get("category_id")), told_as: told_as || once, ...counted });
      await photos.send();
    },
  });
  if (!done) return;
  toast(t("已收到，感谢。"));
  await list.read();
}

async function begin() {
  frame();
  /** @type {(group: string, codes: string[]) => [string, string][]} */
  const words = (group, codes) => codes.map((code) => [code, word(group, code)]);
  const values = await filterBar(
    bar(),
    [
      { name: "kind", label: t("种类"), type: "select", all: t("全部"), options: words("matter", KINDS) },
      { name: "state", label: t("状态"), type: "select", all: t("全部"), options: words("matter", STATES) },
      { name: "q", label: t("内容"), type: "text" },
      { name: "unit_id", label: t("单位"), type: "pick", all: t("全部单位"), search: searchUnits, byId: unitById },
      { name: "overdue", label: t("只看超期"), type: "switch" },
      { name: "to_me", label: t("待我办理"), type: "switch" },
    ],
    (changed) => void list.read(changed),
    el("a.button", { href: "/matters/terms" }, t("时限与工作日历")),
    el("button.button.button-main", { type: "button", onclick: () => void report() }, t("上报事项")),
  );
  await list.read(values);
}

document.addEventListener("guatu:complained", () => void list.read());
void begin();
