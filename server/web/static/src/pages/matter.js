/**
 * One matter: what was found, where it stands, by when, every step taken on it, and the steps that may be taken now.
 * @import {MatterInFull, MatterStep} from "../wire"
 */
import { lastPart } from "../lib/address.js";
import { get } from "../lib/api.js";
import { belonging } from "../lib/belonging.js";
import { t } from "../lib/desk.js";
import { showAround } from "../lib/around.js";
import { byId, el, fill } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { deadline, eraseButton, reportDue, stepButtons } from "../lib/matters.js";
import { photoTiles } from "../lib/photos.js";
import { failure, loading, toast } from "../lib/states.js";
import { clock, day, dayInWords, fully } from "../lib/time.js";
import { word } from "../lib/words.js";

const id = Number(lastPart());

/** The projects and campaigns it belongs to. @type {[string, HTMLElement | null][]} */
let belongs = [];

/** @param {MatterInFull} matter */
function draw(matter) {
  document.title = [t("事项 {n}", { n: matter.id }), t("挂图")].join(" · ");
  fill(byId("head"), head(matter), facts(matter));
  fill(byId("steps"), el("div.sheet-head", {}, el("h2", {}, t("办理经过"))), el("ol.line", {}, lines(matter)));
}

/** @param {MatterInFull} matter */
function head(matter) {
  return el(
    "div.title",
    {},
    el("h1", {}, t("事项 {n}", { n: matter.id })),
    el(`span.state.state-${shown(matter)}`, {}, matter.answers.length ? t("已答复") : word("matter", matter.state)),
    el("div.end.buttons.no-print", {}, stepButtons(matter, changed), eraseButton(matter, changed)),
  );
}

/** How a state is coloured: like those of trips. @param {MatterInFull} matter */
function shown({ state }) {
  if (state === "closed") return "completed";
  if (state === "refused" || state === "merged") return "cancelled";
  return state === "reported" ? "submitted" : "under_way";
}

/** @param {MatterInFull} matter */
function facts(matter) {
  /** @type {[string, Node | string | null | undefined][]} */
  const lines = [
    [t("种类"), word("matter", matter.kind)],
    [t("类别"), matter.category?.name],
    [t("时限"), deadline(matter)],
    [t("办理计划"), plan(matter)],
    [matter.plan ? t("下次月报") : t("计划期限"), reportDue(matter)],
    [t("受理单位"), matter.holder?.name],
    [t("承办"), [matter.assigned.unit?.name, matter.assigned.person?.name].filter(Boolean).join(" · ")],
    [t("上报人"), [matter.by?.name, matter.unit?.name].filter(Boolean).join(" · ")],
    [t("上报时间"), fully(matter.reported_at)],
    [t("办结时间"), matter.closed_at && fully(matter.closed_at)],
    [t("地点"), matter.place],
    ...belongs,
    [t("并入"), matter.merged_into ? link(matter.merged_into) : null],
    [t("并入本件"), matter.merged.length ? el("span", {}, matter.merged.flatMap((other) => [link(other), " "])) : null],
  ];
  return el(
    "section.sheet",
    {},
    el(
      "div.sheet-body",
      {},
      matter.erased_at
        ? el("p.faint", {}, t("内容已于 {at} 删除，只留办理事实。", { at: fully(matter.erased_at) }))
        : el("p.matter-text.matter-said", {}, matter.text),
      photoTiles(matter),
      el(
        "dl.facts.facts-wide",
        {},
        lines.filter(([, value]) => value).map(([label, value]) => el("div", {}, el("dt", {}, label), el("dd", {}, value))),
      ),
    ),
  );
}

/** By which day it is to be done, and what. @param {MatterInFull} matter */
function plan({ plan: planned }) {
  if (!planned) return null;
  return el("span", {}, planned.until ? t("至 {day}", { day: planned.until }) : "", el("span.under", {}, planned.note));
}

/** @param {number} other */
function link(other) {
  return el("a", { href: `/matters/${other}` }, t("事项 {n}", { n: other }));
}

/** @param {MatterInFull} matter @returns {Node[]} what happened, by days */
function lines(matter) {
  const told = [
    { at: matter.reported_at, node: line(matter.reported_at, t("已上报"), matter.by?.name || "", "") },
    ...matter.steps.map((step) => ({ at: step.at, node: stepLine(step) })),
    ...matter.answers.map(({ at, by, text }) => ({ at, node: line(at, t("已答复"), by.name, text) })),
  ];
  return told.flatMap(({ at, node }, index) => {
    const before = told[index - 1];
    const begins = !before || day(before.at) !== day(at);
    return begins ? [el("li.line-day", {}, dayInWords(at)), node] : [node];
  });
}

/** @param {MatterStep} step */
function stepLine(step) {
  const where = [step.unit?.name, step.person?.name, step.into && t("事项 {n}", { n: step.into })].filter(Boolean).join(" · ");
  const until = step.until ? t("至 {day}", { day: step.until }) : "";
  const what = [word("matter_taken", step.step), where, until].filter(Boolean).join(" ");
  return line(step.at, what, step.by?.name || t("系统"), step.note, photoTiles(step));
}

/** @param {string} at @param {string} what @param {string} who @param {string} note @param {HTMLElement | null} [photos] */
function line(at, what, who, note, photos = null) {
  return el(
    "li.line-item",
    {},
    el("time.line-time", { datetime: at, title: fully(at) }, clock(at)),
    el("span.line-mark.line-dot", { "aria-hidden": "true" }),
    el("div.line-body", {}, el("p", {}, el("b", {}, what), el("span.faint", {}, ` ${who}`)), note ? el("p.matter-text", {}, note) : null, photos),
  );
}

/** @param {MatterInFull} matter */
function changed(matter) {
  draw(matter);
  if (matter.category) void showAround(byId("around"), matter, changed);
  const last = matter.erased_at ? undefined : matter.steps.at(-1);
  toast(t("已更新：{state}", { state: last ? word("matter_taken", last.step) : word("matter", matter.state) }));
}

async function begin() {
  frame();
  fill(byId("head"), loading());
  try {
    /** @type {MatterInFull} */
    const matter = await get(`/matters/${id}`);
    belongs = await belonging(`/matters/${id}`);
    draw(matter);
    if (matter.category) await showAround(byId("around"), matter, changed);
  } catch (error) {
    fill(byId("head"), failure(error, () => void begin()));
  }
}

void begin();
