/**
 * Where a trip stands and what the reader may do with it: the line of steps, the buttons.
 * @import {Trip} from "../wire"
 */
import { post } from "./api.js";
import { ask, textField } from "./dialog.js";
import { t } from "./desk.js";
import { el } from "./dom.js";
import { shortly } from "./time.js";
import { word } from "./words.js";

const ORDER = ["draft", "submitted", "approved", "under_way", "completed"];

/** @param {Trip} trip @returns {HTMLElement} the steps of its life, where it is now marked in shape and words */
export function steps(trip) {
  const now = trip.state === "returned" ? "draft" : trip.state === "cancelled" ? reached(trip) : trip.state;
  const at = ORDER.indexOf(now);
  return el(
    "ol.steps",
    { "aria-label": t("行程状态") },
    ORDER.map((state, index) => {
      const item = el(
        "li",
        index === at ? { "aria-current": "step" } : {},
        label(trip, state, index === at),
        when(trip, state),
      );
      if (index < at) item.classList.add("done");
      if (index === at) item.classList.add("now");
      if (index === at && ["returned", "cancelled"].includes(trip.state)) item.classList.add("broken");
      return item;
    }),
  );
}

/** @param {Trip} trip @returns {string} how far a cancelled trip had come */
function reached(trip) {
  return trip.started_at ? "under_way" : trip.approved_at ? "approved" : "draft";
}

/** @param {Trip} trip @param {string} state @param {boolean} now @returns {string} */
function label(trip, state, now) {
  return now ? word("trip", trip.state) : word("step", state);
}

/** @param {Trip} trip @param {string} state @returns {HTMLElement | null} */
function when(trip, state) {
  if (state === "approved" && trip.approved_at)
    return el("span", {}, el("span.nowrap", {}, shortly(trip.approved_at)), " ", el("span.nowrap", {}, trip.approved_by?.name));
  const instant = state === "under_way" ? trip.started_at : state === "completed" ? trip.ended_at : null;
  return instant ? el("time", { datetime: instant }, shortly(instant)) : null;
}

/**
 * The buttons the server says this reader may press now.
 * @param {Trip} trip
 * @param {(trip: Trip) => void} changed
 * @returns {HTMLElement[]}
 */
export function buttons(trip, changed) {
  return STEPS.filter((step) => trip.may.includes(`trip.${step.name}`)).map((step) => {
    const button = el("button.button", { type: "button", onclick: () => void step.act(trip, changed) }, step.word());
    if (step.look) button.classList.add(step.look);
    return button;
  });
}

/** @typedef {{name: string, word: () => string, look?: string, act: (trip: Trip, changed: (trip: Trip) => void) => Promise<unknown> | void}} Step */

/** @type {Step[]} */
const STEPS = [
  {
    name: "approve",
    word: () => t("批准"),
    look: "button-main",
    act: confirmed(
      "approve",
      () => t("批准这次行程"),
      () => t("批准后即可出发。修改计划需要重新审批。"),
    ),
  },
  {
    name: "return",
    word: () => t("退回"),
    look: "button-stop",
    act: reasoned(
      "return",
      () => t("退回这次行程"),
      () => t("退回的理由"),
    ),
  },
  {
    name: "submit",
    word: () => t("提交审批"),
    look: "button-main",
    act: confirmed(
      "submit",
      () => t("提交审批"),
      () => t("提交后由督查或领导审批，本人不能审批自己的行程。"),
    ),
  },
  {
    name: "start",
    word: () => t("开始行程"),
    look: "button-main",
    act: confirmed(
      "start",
      () => t("开始行程"),
      () => t("开始后，已同意的成员签到才会带上位置。"),
    ),
  },
  { name: "complete", word: () => t("完成行程"), look: "button-main", act: finished },
  { name: "edit", word: () => t("修改计划"), act: (trip) => location.assign(`/trips/${trip.id}/edit`) },
  {
    name: "cancel",
    word: () => t("取消行程"),
    look: "button-stop",
    act: reasoned(
      "cancel",
      () => t("取消这次行程"),
      () => t("取消的理由"),
    ),
  },
];

/** @param {string} step @param {() => string} title @param {() => string} words @returns {Step["act"]} */
function confirmed(step, title, words) {
  return (trip, changed) =>
    ask({
      title: title(),
      yes: t("确定"),
      body: [el("p", {}, trip.title), el("p", {}, words())],
      act: async () => changed(await post(`/trips/${trip.id}/${step}${asRead(step, trip)}`, step === "start" ? {} : undefined)),
    });
}

/** What is approved is the plan that was read, and no newer one. @param {string} step @param {Trip} trip */
function asRead(step, trip) {
  return step === "approve" ? `?revision=${trip.revision}` : "";
}

/** @param {string} step @param {() => string} title @param {() => string} label @returns {Step["act"]} */
function reasoned(step, title, label) {
  return (trip, changed) =>
    ask({
      title: title(),
      yes: t("确定"),
      no: t("不了"),
      stop: true,
      body: [el("p", {}, trip.title), textField("reason", label(), { minlength: 2, maxlength: 500 })],
      act: async (form) => changed(await post(`/trips/${trip.id}/${step}`, { reason: form.get("reason") })),
    });
}

/** @type {Step["act"]} */
function finished(trip, changed) {
  return ask({
    title: t("完成行程"),
    yes: t("完成"),
    body: [
      el("p", {}, t("完成后不再记录位置。")),
      textField("outcome", t("成果（可不填）"), { required: false, maxlength: 4000 }),
    ],
    act: async (form) => changed(await post(`/trips/${trip.id}/complete`, { outcome: form.get("outcome") })),
  });
}
