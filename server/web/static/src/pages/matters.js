/**
 * Complaints and suggestions: everything for the county, one's own for everybody else.
 * @import {Matter} from "../wire"
 */
import { t } from "../lib/desk.js";
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
    el("td.matter-text", {}, matter.text),
    el("td.nowrap", {}, matter.by?.name, el("span.under", {}, matter.unit?.name)),
    el("td.soft", {}, matter.page),
    el("td.nowrap", {}, word("matter", matter.state)),
  );
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
