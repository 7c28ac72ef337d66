/**
 * One bulletin: a draft to be edited, approved and published, or what was published, with its seal.
 * @import {BulletinInFull} from "../wire"
 */
import { lastPart } from "../lib/address.js";
import { address, get, post, put } from "../lib/api.js";
import { stated } from "../lib/bulletins.js";
import { say, t } from "../lib/desk.js";
import { ask, textField } from "../lib/dialog.js";
import { byId, el, fill } from "../lib/dom.js";
import { field, send } from "../lib/form.js";
import { frame } from "../lib/frame.js";
import { attempt, failure, loading, toast } from "../lib/states.js";
import { dated, fully } from "../lib/time.js";
import { word } from "../lib/words.js";

const id = Number(lastPart());
const MAIN = ["approve", "publish"];
const STOPS = ["return", "drop"];

/** @param {BulletinInFull} bulletin */
function draw(bulletin) {
  document.title = [bulletin.title, t("挂图")].join(" · ");
  fill(byId("head"), head(bulletin), marks(bulletin));
  fill(byId("words"), bulletin.may.includes("edit") ? editor(bulletin) : words(bulletin));
  fill(byId("data"), el("div.sheet-head", {}, el("h2", {}, say(bulletin.period.words))), stated(bulletin));
  fill(byId("end"), end(bulletin));
}

/** @param {BulletinInFull} bulletin */
function head(bulletin) {
  return el(
    "div.title",
    {},
    el("h1", {}, t("通报 {n}", { n: bulletin.id })),
    el(`span.state.state-${{ drafted: "draft", approved: "submitted", published: "completed" }[bulletin.state] || "cancelled"}`, {}, word("bulletin", bulletin.state)),
    el("div.end.buttons.no-print", {}, files(bulletin), bulletin.may.filter((step) => step !== "edit").map((step) => button(bulletin, step))),
  );
}

/** @param {BulletinInFull} bulletin */
function files(bulletin) {
  /** @type {[string, string][]} */
  const forms = [["docx", "Word"], ["xlsx", "Excel"], ["html", t("上墙网页")]];
  return forms.map(([ending, name]) => el("a.button", { href: address(`/bulletins/${bulletin.id}.${ending}`), download: true, id: `file-${ending}` }, name));
}

/** @param {BulletinInFull} bulletin @param {string} step */
function button(bulletin, step) {
  const made = el("button.button", { type: "button", onclick: () => void take(bulletin, step) }, word("bulletin_step", step));
  if (MAIN.includes(step)) made.classList.add("button-main");
  if (STOPS.includes(step)) made.classList.add("button-stop");
  return made;
}

/** @param {BulletinInFull} bulletin @param {string} step */
async function take(bulletin, step) {
  if (step === "redraft") {
    const anew = await attempt(() => post(`/bulletins/${id}/redraft`, { revision: bulletin.revision }));
    if (anew) changed(anew, step);
    return;
  }
  const name = word("bulletin_step", step);
  await ask({
    title: name,
    yes: name,
    stop: STOPS.includes(step),
    body: [el("p", {}, WARNINGS[step]?.() || bulletin.title), step === "return" ? textField("note", t("原因"), { maxlength: 500 }) : null],
    act: async (form) => changed(await post(`/bulletins/${id}/${step}`, { revision: bulletin.revision, note: form.get("note") || "" }), step),
  });
}

/** @type {Record<string, () => string>} */
const WARNINGS = {
  approve: () => t("审定后文字和数字不再改动，等待发布。"),
  publish: () => t("发布后所有人可见，任何人都不能再改；有误须另发更正通报。"),
  drop: () => t("作废的草稿不能恢复，可以重新起草。"),
};

/** @param {BulletinInFull} bulletin */
function marks(bulletin) {
  const said = [
    bulletin.returned_because ? el("div.notice.notice-wrong", {}, el("b", {}, t("退回修改：")), bulletin.returned_because) : null,
    bulletin.corrects ? el("div.notice", {}, t("更正"), " ", el("a", { href: `/bulletins/${bulletin.corrects.id}` }, bulletin.corrects.number), t("：{words}", { words: bulletin.reason })) : null,
    bulletin.corrected_by ? el("div.notice.notice-wrong", {}, t("本通报已被更正，以新的为准："), el("a", { href: `/bulletins/${bulletin.corrected_by.id}` }, bulletin.corrected_by.number)) : null,
    bulletin.whole === false ? el("div.notice.notice-wrong", { role: "alert" }, el("b", {}, t("内容与发布时的校验码不符，可能被改动过。"))) : null,
  ];
  return el("div.bulletin-marks", {}, said);
}

/** @param {BulletinInFull} bulletin */
function words(bulletin) {
  return el(
    "article.bulletin",
    {},
    el("h2.bulletin-title", {}, bulletin.title),
    el("p.bulletin-number", {}, bulletin.number || t("（文号待编）")),
    bulletin.opening ? el("p.written.bulletin-text", {}, bulletin.opening) : null,
  );
}

/** @param {BulletinInFull} bulletin */
function editor(bulletin) {
  const wrong = el("div", {});
  const form = el(
    "form.sheet-body",
    { novalidate: true },
    wrong,
    field("title", t("标题"), el("input.input", { name: "title", maxlength: 120, value: bulletin.title }), { must: true }),
    field("number", t("文号"), el("input.input", { name: "number", maxlength: 60, value: bulletin.number }), { hint: t("例如：云督通〔2026〕12号；发布前须填。") }),
    field("opening", t("开头"), el("textarea.area-input", { name: "opening", maxlength: 4000, rows: 4, value: bulletin.opening })),
    field("note", t("附注"), el("textarea.area-input", { name: "note", maxlength: 4000, rows: 3, value: bulletin.note })),
    el("div.buttons", {}, el("button.button.button-main", { type: "submit" }, t("保存文字")), el("span.faint", {}, t("数字由系统生成，不能手改。"))),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(form, wrong, (path) => form.querySelector(`[data-path="${CSS.escape(path)}"] label`)?.textContent || path, async () => {
      const told = Object.fromEntries(new FormData(form));
      changed(await put(`/bulletins/${id}`, { ...told, revision: bulletin.revision }), "edit");
    });
  });
  return form;
}

/** @param {BulletinInFull} bulletin */
function end(bulletin) {
  const published = bulletin.published_at;
  return el(
    "div.bulletin-end",
    {},
    bulletin.note && !bulletin.may.includes("edit") ? el("p.written", {}, bulletin.note) : null,
    published ? el("p.bulletin-signed", {}, bulletin.county, el("br"), dated(published)) : null,
    el("p.faint", {}, t("数据生成于 {at}", { at: fully(bulletin.drawn_at) })),
    bulletin.seal ? el("p.faint", {}, t("校验码（SHA-256）"), " ", el("code.hash", {}, bulletin.seal), bulletin.whole ? [" ✓ ", t("与发布时一致")] : "") : null,
  );
}

/** @type {Record<string, () => string>} */
const SAID = { edit: () => t("已保存"), redraft: () => t("数字已更新"), return: () => t("已退回") };

/** @param {BulletinInFull} bulletin @param {string} step */
function changed(bulletin, step) {
  draw(bulletin);
  toast(SAID[step]?.() ?? word("bulletin", bulletin.state));
}

async function begin() {
  frame();
  fill(byId("head"), loading());
  try {
    draw(await get(`/bulletins/${id}`));
  } catch (error) {
    fill(byId("head"), failure(error, () => void begin()));
  }
}

void begin();
