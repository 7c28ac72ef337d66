/**
 * Words and marks of campaigns: where a task stands, the stages of projects. Never colour alone: a sign and a word beside it.
 * @import {CampaignTask} from "../wire"
 */
import { t } from "./desk.js";
import { el } from "./dom.js";
import { dayShortly } from "./time.js";

/** @type {Record<string, {sign: string, word: () => string}>} */
export const STANDS = {
  overdue: { sign: "!", word: () => t("逾期未完成") },
  soon: { sign: "◔", word: () => t("一周内到期") },
  open: { sign: "▸", word: () => t("推进中") },
  ahead: { sign: "○", word: () => t("未开始") },
  late: { sign: "✓", word: () => t("逾期完成") },
  done: { sign: "✓", word: () => t("按期完成") },
  dropped: { sign: "–", word: () => t("已取消") },
};

/** @type {Record<string, () => string>} */
export const STAGES = {
  lead: () => t("线索"),
  talks: () => t("在谈"),
  signed: () => t("签约"),
  land: () => t("供地"),
  started: () => t("开工"),
  completed: () => t("竣工"),
  producing: () => t("投产"),
};

/** @param {string} stage */
export const stageWord = (stage) => STAGES[stage]?.() ?? stage;

/** @param {string} name @param {number} [count] */
export function stand(name, count) {
  const { sign, word } = STANDS[name] ?? { sign: "·", word: () => name };
  return el(`span.stand.stand-${name}`, {}, el("i", { "aria-hidden": "true" }, sign), word(), count === undefined ? null : ` ${count}`);
}

/** How many tasks stand where; those that need eyes first. @param {Record<string, number>} counts */
export function stands(counts) {
  const there = Object.keys(STANDS).filter((name) => counts[name]);
  return el("div.stands", {}, there.length ? there.map((name) => stand(name, counts[name])) : el("span.faint", {}, t("还没有任务")));
}

/** A task in one sentence, as it is read out. @param {CampaignTask} task */
export function taskWords(task) {
  const days = t("{from} 至 {to}", { from: dayShortly(`${task.starts_on}T12:00:00+08:00`), to: dayShortly(`${task.due_on}T12:00:00+08:00`) });
  return [task.title, task.unit.name, days, STANDS[task.stand]?.word()].join(t("，"));
}
