/**
 * The forms of campaigns: the campaign itself, a task, what is told of one, what belongs to it, a review.
 * @import {Campaign, CampaignTask} from "../wire"
 * @import {Choice} from "./picker.js"
 */
import { get, post, put } from "./api.js";
import { t } from "./desk.js";
import { ask, textField } from "./dialog.js";
import { el } from "./dom.js";
import { periods } from "./periods.js";
import { picker } from "./picker.js";
import { searchCompanions, searchUnits } from "./sources.js";

/** @param {string} name @param {string} label @param {Record<string, unknown>} more */
function field(name, label, more) {
  return el("div.field", {}, el("label", { for: `ask-${name}` }, label), el("input.input", { id: `ask-${name}`, name, required: true, ...more }));
}

/**
 * Something picked by its name; its id is a field of the form.
 * @param {string} name @param {string} label @param {(words: string) => Promise<Choice[]>} search @param {{id: number, name: string} | null} [value]
 */
function picked(name, label, search, value = null) {
  const kept = el("input", { type: "hidden", name, value: value ? String(value.id) : "" });
  const chosen = (/** @type {Choice | null} */ choice) => {
    kept.value = choice?.id || "";
  };
  const box = picker({ id: `ask-${name}`, placeholder: t("按名称查找"), search, chosen, value: value && { id: String(value.id), name: value.name } });
  return el("div.field", {}, el("label", { for: `ask-${name}` }, label), box.node, kept);
}

/** @param {string} name @param {string} label @param {[string, string][]} options @param {string} [chosen] */
function choice(name, label, options, chosen) {
  const words = options.map(([value, text]) => el("option", { value, selected: value === chosen }, text));
  return el("div.field", {}, el("label", { for: `ask-${name}` }, label), el("select.select", { id: `ask-${name}`, name }, words));
}

/** The form's fields, ids as numbers. @param {FormData} form */
function told(form) {
  /** @param {[string, FormDataEntryValue]} entry */
  const plain = ([name, value]) => [name, name.endsWith("_id") ? Number(value) : value];
  return Object.fromEntries([...form].map(plain));
}

/** Open one, or change one that is there. @param {Campaign | null} campaign @returns {Promise<boolean>} */
export function campaignForm(campaign) {
  const closed = el("label.choice", {}, el("input", { type: "checkbox", name: "closed", value: "1", checked: campaign?.state === "closed" }), t("行动已结束"));
  return ask({
    title: campaign ? t("修改 {name}", { name: campaign.name }) : t("发起专项行动"),
    yes: t("保存"),
    body: [
      field("name", t("名称"), { maxlength: 60, minlength: 2, value: campaign?.name ?? "" }),
      textField("aim", t("目标"), { rows: 3, maxlength: 4000, required: false, value: campaign?.aim ?? "" }),
      picked("unit_id", t("指挥部所在单位"), searchUnits, campaign?.unit),
      picked("lead_id", t("总指挥"), searchCompanions, campaign?.lead),
      el("div.fields", {}, field("starts_on", t("开始"), { type: "date", value: campaign?.starts_on ?? "" }), field("ends_on", t("结束"), { type: "date", value: campaign?.ends_on ?? "" })),
      campaign ? closed : null,
    ],
    act: (form) => {
      const body = { ...told(form), closed: form.has("closed"), revision: campaign?.revision ?? null };
      return campaign ? put(`/campaigns/${campaign.id}`, body) : post("/campaigns", body);
    },
  });
}

/** @param {Campaign} campaign @param {CampaignTask | null} task */
export function taskForm(campaign, task) {
  return ask({
    title: task ? t("修改任务") : t("添加任务"),
    yes: t("保存"),
    body: [
      field("title", t("任务内容"), { maxlength: 120, minlength: 2, value: task?.title ?? "" }),
      textField("standard", t("完成标准"), { rows: 2, maxlength: 4000, required: false, value: task?.standard ?? "" }),
      picked("unit_id", t("责任单位"), searchUnits, task?.unit),
      el(
        "div.fields",
        {},
        field("starts_on", t("开始"), { type: "date", value: task?.starts_on ?? campaign.starts_on }),
        field("due_on", t("完成时限"), { type: "date", value: task?.due_on ?? campaign.ends_on }),
      ),
    ],
    act: (form) => (task ? put(`/campaigns/${campaign.id}/tasks/${task.id}`, told(form)) : post(`/campaigns/${campaign.id}/tasks`, told(form))),
  });
}

/** What is told of a task; headquarters may drop it or open it again. @param {Campaign} campaign @param {CampaignTask} task */
export function entryForm(campaign, task) {
  const leads = campaign.may.includes("campaign.change");
  /** @type {[string, string][]} */
  const steps = task.state === "open" ? [["progress", t("报告进展")], ["finish", t("完成")], ...(leads ? /** @type {[string, string][]} */ ([["drop", t("取消任务")]]) : [])] : [["reopen", t("重新开始")]];
  return ask({
    title: task.title,
    yes: t("提交"),
    body: [choice("step", t("情况"), steps), textField("text", t("说明"), { rows: 3, maxlength: 4000, minlength: 2 })],
    act: (form) => post(`/campaigns/${campaign.id}/tasks/${task.id}/entries`, told(form)),
  });
}

/** @param {Campaign} campaign */
export function planForm(campaign) {
  /** @param {string} words @returns {Promise<Choice[]>} */
  const search = async (words) => {
    const answer = await get("/patrol-plans", { q: words });
    return answer.items.map((/** @type {{id: number, title: string, unit: {name: string}}} */ one) => ({ id: String(one.id), name: one.title, kind: one.unit.name }));
  };
  return ask({
    title: t("关联巡查"),
    yes: t("关联"),
    body: [picked("plan_id", t("巡查计划"), search)],
    act: (form) => post(`/campaigns/${campaign.id}/links`, { noun: "plan", id: Number(form.get("plan_id")) }),
  });
}

/** @param {Campaign} campaign */
export function linkForm(campaign) {
  /** @param {string} words @returns {Promise<Choice[]>} */
  const search = async (words) => {
    const answer = await get("/matters", { q: words, open: 1 });
    return answer.items
      .filter((/** @type {{category: object | null}} */ one) => one.category)
      .map((/** @type {{id: number, text: string, place: string}} */ one) => ({ id: String(one.id), name: `${one.id} ${one.text.slice(0, 40)}`, kind: one.place }));
  };
  return ask({
    title: t("关联事项"),
    yes: t("关联"),
    body: [picked("matter_id", t("事项内容"), search)],
    act: (form) => post(`/campaigns/${campaign.id}/links`, { noun: "matter", id: Number(form.get("matter_id")) }),
  });
}

/** @param {Campaign} campaign */
export function projectForm(campaign) {
  /** @param {string} words @returns {Promise<Choice[]>} */
  const search = async (words) => {
    const answer = await get(`/campaigns/${campaign.id}/candidates`, { q: words });
    return answer.items.map((/** @type {{id: number, name: string, unit: string}} */ one) => ({ id: String(one.id), name: one.name, kind: one.unit }));
  };
  return ask({
    title: t("关联项目"),
    yes: t("关联"),
    body: [picked("project_id", t("项目名称"), search)],
    act: (form) => post(`/campaigns/${campaign.id}/links`, { noun: "project", id: Number(form.get("project_id")) }),
  });
}

/** A review of a month, a quarter or a year that has begun, the newest first. @param {Campaign} campaign @param {string} today */
export function reviewForm(campaign, today) {
  return ask({
    title: t("评议"),
    yes: t("提交"),
    body: [
      choice("period", t("期间"), periods(campaign.starts_on, today)),
      textField("text", t("总体情况"), { rows: 4, maxlength: 4000, minlength: 2 }),
      textField("trouble", t("主要问题"), { rows: 2, maxlength: 4000, required: false }),
      textField("next_step", t("下一步"), { rows: 2, maxlength: 4000, required: false }),
      el("p.small", {}, t("任务、项目、事项的数字按提交当天固定，以后不再改变；更正另写一条。")),
    ],
    act: (form) => post(`/campaigns/${campaign.id}/reviews`, told(form)),
  });
}
