/**
 * The tree of units: seen by whoever reads it, kept by administrators.
 * @import {Unit} from "../wire"
 */
import { get, patch, post } from "./api.js";
import { may, t } from "./desk.js";
import { ask } from "./dialog.js";
import { el, fill } from "./dom.js";
import { table } from "./list.js";
import { picker } from "./picker.js";
import { searchUnits } from "./sources.js";
import { blank, failure, loading } from "./states.js";
import { codes, word } from "./words.js";

/** @param {HTMLElement} place */
export async function showUnits(place) {
  fill(place, loading());
  try {
    const told = await get("/units", { retired: true });
    fill(place, told.items.length ? drawn(told.items, () => void showUnits(place)) : blank(t("还没有单位")));
  } catch (error) {
    fill(
      place,
      failure(error, () => void showUnits(place)),
    );
  }
}

/** @param {Unit[]} units in tree order @param {() => void} again */
function drawn(units, again) {
  const keeps = may("unit.update");
  const top = Math.min(...units.map((unit) => unit.depth));
  return table(
    [t("单位"), t("种类"), t("编码"), ...(keeps ? [t("操作")] : [])],
    units.map((unit) =>
      el(
        "tr",
        {},
        el("td", {}, el(`span.depth-${Math.min(unit.depth - top, 6)}`, {}, unit.name), retiredMark(unit)),
        el("td.nowrap", {}, word("unit", unit.kind)),
        el("td.soft", {}, unit.code),
        keeps ? el("td.nowrap", {}, el("span.buttons", {}, acts(unit, units, again))) : null,
      ),
    ),
    t("单位"),
  );
}

/** @param {Unit} unit */
function retiredMark(unit) {
  return unit.retired_at ? el("span.tag", {}, t("已停用")) : null;
}

/** @param {Unit} unit @param {Unit[]} units @param {() => void} again */
function acts(unit, units, again) {
  /** @param {string} words @param {() => Promise<boolean>} act */
  const button = (words, act) =>
    el("button.link.small", { type: "button", onclick: () => void act().then((done) => done && again()) }, words);
  if (unit.retired_at) return [button(t("恢复"), () => retire(unit, false))];
  return [
    may("unit.create") ? button(t("新建下级"), () => create(unit)) : null,
    button(t("修改"), () => change(unit, units)),
    unit.parent_id === null ? null : button(t("停用"), () => retire(unit, true)),
  ].filter((each) => each !== null);
}

/** @param {Partial<Unit>} unit what the fields hold at first */
function fields(unit) {
  /** @param {string} name @param {string} label @param {number} most @param {string} value */
  const text = (name, label, most, value) =>
    el(
      "div.field",
      {},
      el("label", { for: `ask-${name}` }, label),
      el("input.input", { id: `ask-${name}`, name, required: true, maxlength: most, value }),
    );
  return [
    text("name", t("名称"), 120, unit.name || ""),
    text("code", t("编码"), 64, unit.code || ""),
    el(
      "div.field",
      {},
      el("label", { for: "ask-kind" }, t("种类")),
      el(
        "select.select",
        { id: "ask-kind", name: "kind" },
        codes("unit").map((code) => el("option", { value: code, selected: code === unit.kind }, word("unit", code))),
      ),
    ),
  ];
}

/** @param {FormData} form */
function told(form) {
  return { name: form.get("name"), code: form.get("code"), kind: form.get("kind") };
}

/** @param {Unit} above */
function create(above) {
  return ask({
    title: t("在“{name}”下新建单位", { name: above.name }),
    yes: t("建立"),
    body: fields({ kind: above.kind === "village" || above.kind === "community" ? "grid" : "village" }),
    act: (form) => post("/units", { ...told(form), parent_id: above.id }),
  });
}

/** @param {Unit} unit @param {Unit[]} units */
function change(unit, units) {
  const above = units.find((each) => each.id === unit.parent_id);
  const kept = el("input", { type: "hidden", name: "parent_id", value: String(unit.parent_id ?? "") });
  const field = picker({
    id: "ask-above",
    placeholder: t("按名称查找单位"),
    search: searchUnits,
    value: above ? { id: String(above.id), name: above.name } : null,
    chosen: (choice) => {
      kept.value = choice?.id || "";
    },
  });
  const moves =
    unit.parent_id === null || !above
      ? []
      : [
          el("div.field", {}, el("label", { for: "ask-above" }, t("上级单位")), field.node, kept),
          el("p.small", {}, t("移动后，下级一并移动；谁能看到什么，立即随之改变。")),
        ];
  return ask({
    title: t("修改 {name}", { name: unit.name }),
    yes: t("保存"),
    body: [...fields(unit), ...moves],
    act: (form) =>
      patch(`/units/${unit.id}`, {
        ...told(form),
        ...(form.get("parent_id") ? { parent_id: Number(form.get("parent_id")) } : {}),
      }),
  });
}

/** @param {Unit} unit @param {boolean} retired */
function retire(unit, retired) {
  return ask({
    title: retired ? t("停用 {name}", { name: unit.name }) : t("恢复 {name}", { name: unit.name }),
    yes: retired ? t("停用") : t("恢复"),
    stop: retired,
    body: [el("p", {}, retired ? t("下级单位和人员须先移走；以往的记录保留。") : t("恢复后可以再调入人员。"))],
    act: () => patch(`/units/${unit.id}`, { retired }),
  });
}
