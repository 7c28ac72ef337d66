/**
 * Patrol plans: the list, newest first.
 * @import {PatrolPlan} from "../wire"
 */
import { may, t } from "../lib/desk.js";
import { byId, el } from "../lib/dom.js";
import { bar, filterBar } from "../lib/filters.js";
import { frame } from "../lib/frame.js";
import { pagedList, table } from "../lib/list.js";
import { byWhom, often, purposeTag } from "../lib/patrols.js";
import { searchUnits, unitById } from "../lib/sources.js";
import { blank } from "../lib/states.js";

const list = pagedList({
  place: byId("plans"),
  path: "/patrol-plans",
  draw,
  empty: () => blank(t("没有巡查计划"), t("制定的计划会列在这里，巡查由此自动生成。")),
});

/** @param {PatrolPlan[]} plans */
function draw(plans) {
  return table([t("计划名称"), t("多久一次"), t("时段"), t("由谁巡查"), t("单位"), t("网格")], plans.map(row), t("巡查计划"));
}

/** @param {PatrolPlan} plan */
function row(plan) {
  const title = may("patrol.edit") && !plan.ended_at ? el("a", { href: `/patrols/plans/${plan.id}` }, plan.title) : plan.title;
  const tag = purposeTag(plan.purpose);
  return el(
    "tr",
    {},
    el("td.clip", {}, title, tag ? el("span.under", {}, tag) : null),
    el("td", {}, often(plan.rule)),
    el("td.nowrap", {}, hours(plan)),
    el("td.clip", {}, byWhom(plan)),
    el("td", {}, plan.unit.name),
    el("td", {}, plan.area?.name || el("span.faint", {}, "—")),
  );
}

/** @param {PatrolPlan} plan */
function hours(plan) {
  const told = `${plan.opens.slice(0, 5)}–${plan.closes.slice(0, 5)}`;
  return plan.window_days === 1 ? told : t("{hours}（第 {n} 天）", { hours: told, n: plan.window_days });
}

async function begin() {
  frame();
  const values = await filterBar(
    bar(),
    [
      { name: "unit_id", label: t("单位"), type: "pick", all: t("全部单位"), search: searchUnits, byId: unitById },
      { name: "q", label: t("查找"), type: "text", all: t("计划名称") },
      { name: "ended", label: t("已停止的"), type: "switch", all: t("否") },
    ],
    (changed) => void list.read(changed),
  );
  await list.read(values);
}

void begin();
