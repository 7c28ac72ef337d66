/**
 * Complaints and suggestions with their answers: what the county may read, one's own for everybody else.
 * @import {Matter} from "../wire"
 */
import { post } from "../lib/api.js";
import { may, me, t } from "../lib/desk.js";
import { ask, textField } from "../lib/dialog.js";
import { byId, el } from "../lib/dom.js";
import { bar, filterBar } from "../lib/filters.js";
import { frame } from "../lib/frame.js";
import { pagedList, table } from "../lib/list.js";
import { blank } from "../lib/states.js";
import { fully } from "../lib/time.js";
import { word } from "../lib/words.js";

const list = pagedList({
  place: byId("matters"),
  path: "/matters",
  draw,
  empty: () => blank(t("还没有投诉或建议"), t("每个页面下方都可以提出。")),
});

/** @param {Matter[]} matters */
function draw(matters) {
  return table([t("时间"), t("种类"), t("内容"), t("提出人"), t("页面"), t("状态")], matters.map(row), t("投诉建议"));
}

/** @param {Matter} matter */
function row(matter) {
  return el(
    "tr",
    {},
    el("td.nowrap", {}, fully(matter.reported_at)),
    el(
      "td.nowrap",
      {},
      el(matter.kind === "complaint" ? "span.tag.tag-strong" : "span.tag", {}, word("matter", matter.kind)),
    ),
    el("td.matter-text", {}, matter.text, matter.answers.map(said), answerButton(matter)),
    el("td.nowrap", {}, matter.by?.name, el("span.under", {}, matter.unit?.name)),
    el("td.soft", {}, matter.page),
    el("td.nowrap", {}, matter.answers.length ? t("已答复") : word("matter", matter.state)),
  );
}

/** What was answered. @param {Matter["answers"][number]} answer */
function said(answer) {
  return el(
    "p.matter-answer",
    {},
    el("span.under.faint.small", {}, t("{name} 答复于 {at}", { name: answer.by.name, at: fully(answer.at) })),
    answer.text,
  );
}

/** For whoever may answer, and nobody answers their own. @param {Matter} matter */
function answerButton(matter) {
  if (!may("matter.answer") || matter.by?.id === me().id) return null;
  const press = { type: "button", onclick: () => void reply(matter) };
  return el("button.button.button-small", press, matter.answers.length ? t("再答复") : t("答复"));
}

/** @param {Matter} matter */
async function reply(matter) {
  const answered = await ask({
    title: t("答复{name}", { name: matter.by?.name || "" }),
    body: [el("p.matter-text", {}, matter.text), textField("text", t("答复内容，提出人会看到"), { maxlength: 4000, minlength: 2 })],
    yes: t("送出答复"),
    act: (form) => post(`/matters/${matter.id}/answers`, { text: form.get("text") }),
  });
  if (answered) await list.read();
}

async function begin() {
  frame();
  const values = await filterBar(
    bar(),
    [
      {
        name: "kind",
        label: t("种类"),
        type: "select",
        all: t("全部"),
        options: [
          ["complaint", word("matter", "complaint")],
          ["suggestion", word("matter", "suggestion")],
        ],
      },
    ],
    (changed) => void list.read(changed),
  );
  await list.read(values);
}

document.addEventListener("guatu:complained", () => void list.read());
void begin();
