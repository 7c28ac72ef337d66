/**
 * Projects: amounts and days in words, the dialogs that change one.
 * @import {Named, ProjectInFull, ProjectMilestone} from "../wire"
 * @import {Choice} from "./picker.js"
 */
import { post, put } from "./api.js";
import { t } from "./desk.js";
import { ask, textField } from "./dialog.js";
import { el } from "./dom.js";
import { picker } from "./picker.js";
import { searchAreas, searchCompanions, searchUnits } from "./sources.js";
import { codes, word } from "./words.js";

export const UNITS = ["亿元", "万元", "元", "USD", "EUR", "HKD", "JPY"];

/** An amount with its unit, its thousands apart. @param {string} amount @param {string} unit */
export function money(amount, unit) {
  const [whole = "", parts] = amount.split(".");
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${parts ? `.${parts}` : ""} ${unit}`;
}

/** The days a milestone was or is behind its plan, in words. @param {ProjectMilestone} milestone @returns {HTMLElement | null} */
export function lateness({ days_late: days, actual_on: reached }) {
  if (days === null || (days < 0 && !reached)) return null;
  if (days > 0) return el("span.late", {}, reached ? t("晚 {n} 天", { n: days }) : t("逾期 {n} 天", { n: days }));
  return el("span.faint", {}, days === 0 ? t("如期") : t("提前 {n} 天", { n: -days }));
}

/** @param {string} name @param {string} label @param {Record<string, unknown>} [more] */
export function input(name, label, more = {}) {
  const id = `ask-${name}`;
  return el("div.field", {}, el("label", { for: id }, label), el("input.input", { id, name, maxlength: 120, ...more }));
}

/** @param {string} name @param {string} label @param {[string, string][]} options @param {string} [value] @param {string} [id] */
export function choice(name, label, options, value = "", id = `ask-${name}`) {
  const words = options.map(([code, text]) => el("option", { value: code, selected: code === value }, text));
  return el("div.field", {}, el("label", { for: id }, label), el("select.select", { id, name }, words));
}

/**
 * A picker in a form; what is chosen is in the form under its name.
 * @param {string} name
 * @param {string} label
 * @param {(words: string) => Promise<Choice[]>} search
 * @param {Named | null} [value]
 * @param {string} [id]
 */
export function pick(name, label, search, value = null, id = `ask-${name}`) {
  const kept = el("input", { type: "hidden", name, value: value ? String(value.id) : "" });
  const field = picker({
    id,
    placeholder: t("按名称查找"),
    search,
    value: value ? { id: String(value.id), name: value.name } : null,
    chosen: (chosen) => (kept.value = chosen?.id || ""),
  });
  return el("div.field", {}, el("label", { for: id }, label), field.node, kept);
}

/** Register a project, or change the one that is given. @param {ProjectInFull | null} project @returns {Promise<ProjectInFull | null>} */
export async function askProject(project) {
  /** @type {ProjectInFull | null} */
  let told = null;
  const carriers = several(
    t("共同责任单位"),
    project?.units || [],
    (each, id) => [choice("part", t("作为"), codes("part").map((part) => [part, word("part", part)]), each?.part, `${id}-part`), pick("carrier", t("单位"), searchUnits, each?.unit || null, id)],
  );
  const team = several(t("服务专班"), project?.members || [], (each, id) => [pick("member", t("成员"), searchCompanions, each, id)]);
  await ask({
    title: project ? t("修改项目") : t("登记项目"),
    yes: t("保存"),
    body: [
      input("name", t("项目名称"), { required: true, minlength: 2, value: project?.name || "" }),
      el("div.two", {}, input("amount", t("总投资"), { required: true, inputmode: "decimal", value: project?.amount || "" }), choice("amount_unit", t("单位（金额）"), UNITS.map((unit) => [unit, unit]), project?.amount_unit || "万元")),
      project ? input("note", t("调整总投资的原因（不改金额可不填）"), { maxlength: 500 }) : input("known_on", t("线索日期（不填为今天）"), { type: "date" }),
      el("div.two", {}, input("investor", t("投资方"), { value: project?.investor || "" }), input("chain", t("产业链"), { maxlength: 60, value: project?.chain || "" })),
      pick("unit_id", t("主责单位"), searchUnits, project?.unit || null),
      pick("lead_id", t("包联领导"), searchCompanions, project?.lead || null),
      carriers,
      team,
      el("div.two", {}, input("site", t("建设地点"), { value: project?.site || "" }), pick("area_id", t("建设区域"), searchAreas, project?.area || null)),
      input("introducer", t("引荐人或单位"), { value: project?.introducer || "" }),
      textField("content", t("建设内容"), { required: false, maxlength: 4000, value: project?.content || "" }),
      el("label.check", {}, el("input", { type: "checkbox", name: "needs_land", value: "1", checked: project ? project.needs_land : true }), t("需要供地")),
    ],
    act: async (form) => {
      const body = { ...facts(form), ...(project ? { revision: project.revision } : {}) };
      told = project ? await put(`/projects/${project.id}`, body) : await post("/projects", body);
    },
  });
  return told;
}

/** @param {FormData} form */
function facts(form) {
  /** @param {string} name */
  const text = (name) => String(form.get(name) ?? "");
  /** @param {string} name */
  const id = (name) => (form.get(name) ? Number(form.get(name)) : null);
  const parts = form.getAll("part");
  const units = form.getAll("carrier").map((unit, place) => ({ unit_id: Number(unit), part: parts[place] }));
  return {
    ...Object.fromEntries(["name", "amount", "amount_unit", "investor", "chain", "site", "introducer", "content", "note"].map((name) => [name, text(name)])),
    ...(form.get("known_on") ? { known_on: form.get("known_on") } : {}),
    unit_id: id("unit_id") || 0,
    lead_id: id("lead_id"),
    area_id: id("area_id"),
    needs_land: form.get("needs_land") === "1",
    units: units.filter((each) => each.unit_id),
    member_ids: form.getAll("member").filter(Boolean).map(Number),
  };
}

/**
 * Several of a kind in a form, each with a button that takes it out.
 * @template T
 * @param {string} label
 * @param {T[]} held
 * @param {(each: T | null, id: string) => Node[]} fields
 */
function several(label, held, fields) {
  let made = 0;
  const place = el("div.rows-of", {});
  /** @param {T | null} each */
  const row = (each) => {
    const id = `ask-${label}-${made++}`;
    const line = el("div.role-row", {}, fields(each, id), el("button.button.button-small", { type: "button", onclick: () => line.remove() }, t("去掉")));
    return line;
  };
  place.append(...held.map(row));
  const more = el("button.button.button-small", { type: "button", onclick: () => place.append(row(null)) }, t("添加"));
  return el("fieldset.field", {}, el("legend", {}, label), place, el("p", {}, more));
}
