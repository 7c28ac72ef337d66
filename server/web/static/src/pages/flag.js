/**
 * One flag: the rule, the numbers that made it, the rows they come from, what was answered and decided.
 * @import {FlagInFull} from "../wire"
 */
import { lastPart } from "../lib/address.js";
import { get, post } from "../lib/api.js";
import { say, t } from "../lib/desk.js";
import { ask, textField } from "../lib/dialog.js";
import { byId, el, fill } from "../lib/dom.js";
import { flagMark, isOver } from "../lib/flags.js";
import { frame } from "../lib/frame.js";
import { failure, loading, toast } from "../lib/states.js";
import { fully } from "../lib/time.js";
import { word } from "../lib/words.js";

const id = Number(lastPart());

/** @param {FlagInFull} flag */
function draw(flag) {
  document.title = [flag.project.name, word("colour", flag.colour), t("挂图")].join(" · ");
  fill(byId("flag"), head(flag), why(flag), rows(flag), words(flag));
}

/** @param {FlagInFull} flag */
function head(flag) {
  return el(
    "div.title",
    {},
    el("h1", {}, flagMark(flag.colour, isOver(flag)), " ", el("a", { href: `/projects/${flag.project.id}` }, flag.project.name)),
    el("span.tag", {}, word("flag_standing", flag.standing)),
    el("div.end.buttons.no-print", {}, buttons(flag)),
  );
}

/** @param {FlagInFull} flag */
function buttons(flag) {
  const answerable = flag.may.includes("flag.answer") && !["answered", "lifted"].includes(flag.standing);
  const open = flag.may.includes("flag.decide") && flag.standing === "answered";
  return [
    answerable ? el("button.button", { type: "button", onclick: () => void answer(flag) }, t("申诉")) : null,
    open ? el("button.button.button-main", { type: "button", onclick: () => void decide(flag, true) }, t("维持")) : null,
    open ? el("button.button.button-stop", { type: "button", onclick: () => void decide(flag, false) }, t("撤销旗牌")) : null,
  ];
}

/** @param {FlagInFull} flag */
function why(flag) {
  /** @type {[string, string | null][]} */
  const facts = [
    [t("规则"), say({ zh: flag.rule_zh, en: flag.rule_en })],
    [t("主责单位"), flag.project_unit.name],
    [t("授予日"), flag.since],
    [t("结束日"), flag.until || t("至今")],
    [t("撤销时间"), flag.lifted_at && fully(flag.lifted_at)],
  ];
  return el(
    "section.sheet",
    {},
    el("div.sheet-head", {}, el("h2", {}, t("为什么有这面旗牌"))),
    el("div.sheet-body", {}, el("p.matter-said", {}, say(flag)), el("dl.facts.facts-wide", {}, facts.filter(([, value]) => value).map(([label, value]) => el("div", {}, el("dt", {}, label), el("dd", {}, value))))),
  );
}

/** @param {FlagInFull} flag */
function rows(flag) {
  const made = flag.made_by.map((row) => el("li", {}, el("p", {}, say(row)), el("span.under", {}, [fully(row.at), row.by.name, row.note].filter(Boolean).join(" · "))));
  return el(
    "section.sheet",
    {},
    el("div.sheet-head", {}, el("h2", {}, t("依据的记录"))),
    made.length ? el("ul.project-list", {}, made) : el("p.project-none", {}, t("没有人填报过：没有填报就按未完成计算。")),
  );
}

/** @param {FlagInFull} flag */
function words(flag) {
  const said = flag.words.map((each) =>
    el(
      "li",
      {},
      el("b", {}, each.upheld === null ? t("申诉") : each.upheld ? t("裁定：维持") : t("裁定：撤销")),
      el("p", {}, each.text),
      el("span.under", {}, `${each.by.name} · ${each.unit.name} · ${fully(each.at)}`),
    ),
  );
  return el(
    "section.sheet",
    {},
    el("div.sheet-head", {}, el("h2", {}, t("申诉与裁定"))),
    said.length ? el("ul.project-list", {}, said) : el("p.project-none", {}, t("没有申诉。责任单位有不同意见可以申诉，由督查裁定，双方的话都留在这里。")),
  );
}

/** @param {FlagInFull} flag */
function answer(flag) {
  return ask({
    title: t("申诉"),
    yes: t("提交申诉"),
    body: [el("p", {}, say(flag)), textField("text", t("理由"), { maxlength: 2000, minlength: 2 })],
    act: async (form) => changed(await post(`/flags/${id}/answers`, { text: form.get("text"), revision: flag.revision })),
  });
}

/** @param {FlagInFull} flag @param {boolean} upheld */
function decide(flag, upheld) {
  return ask({
    title: upheld ? t("维持") : t("撤销旗牌"),
    yes: upheld ? t("维持") : t("撤销旗牌"),
    stop: !upheld,
    body: [el("p", {}, flag.words.at(-1)?.text || ""), textField("text", t("裁定理由，责任单位会看到"), { maxlength: 2000, minlength: 2 })],
    act: async (form) => changed(await post(`/flags/${id}/decision`, { upheld, text: form.get("text"), revision: flag.revision })),
  });
}

/** @param {FlagInFull} flag */
function changed(flag) {
  draw(flag);
  toast(t("已更新：{state}", { state: word("flag_standing", flag.standing) }));
}

async function begin() {
  frame();
  fill(byId("flag"), loading());
  try {
    draw(await get(`/flags/${id}`));
  } catch (error) {
    fill(byId("flag"), failure(error, () => void begin()));
  }
}

void begin();
