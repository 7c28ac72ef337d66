/**
 * Steps on a matter: the buttons the server says this reader may press, each with what it asks for; its deadline in words.
 * @import {Matter, MatterInFull, MatterMay} from "../wire"
 * @import {Choice} from "./picker.js"
 */
import { get, post, Refusal } from "./api.js";
import { categoryOptions } from "./categories.js";
import { me, t } from "./desk.js";
import { ask, textField } from "./dialog.js";
import { el } from "./dom.js";
import { picker } from "./picker.js";
import { photoField } from "./proofs.js";
import { searchPeople, searchUnits } from "./sources.js";
import { day, now, shortly } from "./time.js";
import { termWords, word } from "./words.js";

const MAIN = ["accept", "assign", "handle", "verify", "close"];
const STOPS = ["refuse", "return", "rework"];
/** What tells that somebody else was faster: the page is read again. */
const LATE = ["matter_changed", "matter_step_not_allowed"];

/** How much time is left, and until when; with a mark and a word once it is over. @param {Matter} matter @returns {HTMLElement | null} */
export function deadline(matter) {
  if (!matter.due_at || !matter.left) return null;
  const kind = matter.held_until ? "span.clock.clock-held" : matter.left.over ? "span.clock.clock-over" : "span.clock";
  return el(kind, {}, clockWords(matter), el("time.under", { datetime: matter.due_at }, t("{at} 到期", { at: shortly(matter.due_at) })));
}

/** Until when a plan or a monthly report is expected, with a mark once it is late. @param {Matter} matter @returns {HTMLElement | null} */
export function reportDue({ report_due_at: due }) {
  if (!due) return null;
  const late = Date.parse(due) < now();
  return el(late ? "span.clock.clock-over" : "span", {}, late ? [t("已过期"), " "] : null, el("time", { datetime: due }, shortly(due)));
}

/** The clock in words: 还剩 2 个工作日. @param {Matter} matter @returns {string} */
function clockWords({ left, held_until: held }) {
  if (!left) return "";
  const { amount, unit, over } = left;
  const hours = unit === "hours" || unit === "working_hours";
  if (over) return amount ? t("已超期 {span}", { span: termWords(left) }) : t("已超期");
  const words = amount ? t("还剩 {span}", { span: termWords(left) }) : hours ? t("还剩不到 1 小时") : t("今天到期");
  return held ? t("暂缓至 {day}，此后{left}", { day: held.slice(5), left: words }) : words;
}

/**
 * The buttons for the steps that may be taken now.
 * @param {MatterInFull} matter
 * @param {(matter: MatterInFull) => void} changed
 * @returns {HTMLElement[]}
 */
export function stepButtons(matter, changed) {
  return matter.may.map((may) => {
    const button = el("button.button", { type: "button", onclick: () => void take(matter, may, changed) }, word("matter_step", may.step));
    if (MAIN.includes(may.step)) button.classList.add("button-main");
    if (STOPS.includes(may.step)) button.classList.add("button-stop");
    return button;
  });
}

/** What merges a matter into one that may be the same, for whoever may. @param {MatterInFull} matter @param {Matter} into @param {(matter: MatterInFull) => void} changed */
export function mergeButton(matter, into, changed) {
  const may = matter.may.find(({ step }) => step === "merge");
  const press = () => may && void take(matter, may, changed, { into_id: choiceOf(into) });
  return may ? el("button.button.button-small", { type: "button", onclick: press }, t("并入这一件")) : null;
}

/** Erase what a matter tells, for whoever may. @param {MatterInFull} matter @param {(matter: MatterInFull) => void} changed */
export function eraseButton(matter, changed) {
  if (!matter.may_erase) return null;
  const own = matter.by?.id === me().id;
  const act = () =>
    ask({
      title: t("删除事项 {n} 的内容", { n: matter.id }),
      yes: t("删除"),
      stop: true,
      body: [
        el("p", {}, t("文字、地点、办理说明、答复和照片都会永久删除，不能恢复；何时上报、何人办理、何时办结仍会保留。")),
        textField("why", own ? t("原因（可不填）") : t("谁要求、为何删除"), { required: !own, maxlength: 200, rows: 2 }),
      ],
      act: async (form) => changed(await post(`/matters/${matter.id}/erase`, { why: form.get("why") || "" })),
    });
  return el("button.button", { type: "button", onclick: () => void act() }, t("删除内容"));
}

/** @param {MatterInFull} matter @param {MatterMay} may @param {(matter: MatterInFull) => void} changed @param {Record<string, Choice>} [chosen] what is picked already */
async function take(matter, may, changed, chosen = {}) {
  /** @type {Record<string, string>} */
  const picked = Object.fromEntries(Object.entries(chosen).map(([what, { id }]) => [what, id]));
  const name = word("matter_step", may.step);
  const photos = photoField();
  let late = false;
  await ask({
    title: name,
    yes: name,
    stop: STOPS.includes(may.step),
    body: [el("p.matter-text", {}, matter.text), ...(await fields(matter, may, picked, chosen)), note(may), photos.node],
    act: async (form) => {
      const told = { step: may.step, revision: matter.revision, note: form.get("note") || "", ...ids(picked), ...dated(form), ...category(form), ...photos.told() };
      const after = await post(`/matters/${matter.id}/${may.door}`, told).catch((error) => {
        late = error instanceof Refusal && LATE.includes(error.code);
        throw error;
      });
      late = false;
      changed((await photos.send()) ? await get(`/matters/${matter.id}`) : after);
    },
  });
  if (late) changed(await get(`/matters/${matter.id}`));
}

/** What a step asks for, and what may be told with it. @param {MatterInFull} matter @param {MatterMay} may @param {Record<string, string>} picked @param {Record<string, Choice>} chosen */
async function fields(matter, may, picked, chosen) {
  const must = may.asks.filter((what) => what !== "note").map((what) => asked(what, matter, picked, chosen[what]));
  if (may.step === "assign") return [...must, asked("person_id", matter, picked)];
  return may.step === "accept" ? [...must, await categoryField(matter)] : must;
}

/** @param {MatterInFull} matter */
async function categoryField(matter) {
  const options = categoryOptions((await get("/categories")).items, matter.category?.id ?? null);
  return el("div.field", {}, el("label", { for: "ask-category_id" }, t("类别，可改为确切的")), el("select.select", { id: "ask-category_id", name: "category_id" }, options));
}

/** @param {FormData} form */
function category(form) {
  return form.get("category_id") ? { category_id: Number(form.get("category_id")) } : {};
}

/** @param {MatterMay} may */
function note(may) {
  const must = may.asks.includes("note");
  return textField("note", must ? t("说明") : t("说明（可不填）"), { required: must, maxlength: 2000 });
}

/** @param {Record<string, string>} picked @returns {Record<string, number>} */
function ids(picked) {
  return Object.fromEntries(Object.entries(picked).map(([name, id]) => [name, Number(id)]));
}

/** @param {FormData} form */
function dated(form) {
  return form.get("until") ? { until: form.get("until") } : {};
}

/** @param {string} what @param {MatterInFull} matter @param {Record<string, string>} picked @param {Choice} [value] @returns {HTMLElement} */
function asked(what, matter, picked, value) {
  if (what === "until") {
    const input = el("input.input", { id: "ask-until", name: "until", type: "date", min: day(new Date(now()).toISOString()), required: true });
    const last = matter.due_at && !matter.overdue ? el("span.hint", {}, t("时限到 {day}", { day: day(matter.due_at) })) : null;
    return el("div.field", {}, el("label", { for: "ask-until" }, t("到哪一天")), input, last);
  }
  const [label, placeholder, search] = PICKED(matter)[what] || ["", "", searchUnits];
  const field = picker({
    id: `ask-${what}`,
    placeholder,
    search,
    value: value ?? null,
    chosen: (choice) => (choice ? (picked[what] = choice.id) : delete picked[what]),
  });
  return el("div.field", {}, el("label", { for: `ask-${what}` }, label), field.node);
}

/** What is picked: its label, what stands in the empty field, and where it is looked for. @type {(matter: MatterInFull) => Record<string, [string, string, (words: string) => Promise<Choice[]>]>} */
const PICKED = (matter) => ({
  unit_id: [t("单位"), t("单位名称"), searchUnits],
  person_id: [t("承办人（可不填）"), t("按姓名查找"), searchPeople],
  into_id: [t("并入哪一件"), t("事项内容"), (words) => others(matter, words)],
});

/** Those that look alike first, then whatever else is open and says the words. @param {MatterInFull} matter @param {string} words @returns {Promise<Choice[]>} */
async function others(matter, words) {
  const answer = words ? await get("/matters", { q: words, open: 1 }) : await get(`/matters/${matter.id}/alike`);
  return answer.items
    .filter((/** @type {Matter} */ other) => other.id !== matter.id && other.category)
    .map(choiceOf);
}

/** A matter as one may be picked. @param {Matter} other @returns {Choice} */
function choiceOf(other) {
  return { id: String(other.id), name: `${other.id} ${other.text.slice(0, 40)}`, kind: other.place };
}
