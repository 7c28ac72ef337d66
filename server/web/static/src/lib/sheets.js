/** Taking a sheet of projects in: choose a file, read what would become of each row, take it. */
import { post } from "./api.js";
import { say, t } from "./desk.js";
import { el, fill } from "./dom.js";
import { table } from "./list.js";
import { failure, loading, toast } from "./states.js";

/**
 * @typedef {{row: number, name: string, outcome: string, zh: string, en: string}} Row
 * @typedef {{done: boolean, counts: Record<string, number>, rows: Row[], unread: string[]}} Told
 */

/** @type {Record<string, [string, string]>} a class and a shape for each outcome */
const MARKS = {
  created: ["tag-go", "＋"],
  changed: ["tag-go", "↻"],
  unchanged: ["tag-plain", "＝"],
  refused: ["tag-strong", "✕"],
};

/** @type {Record<string, () => string>} */
const WORDS = {
  created: () => t("新建"),
  changed: () => t("修改"),
  unchanged: () => t("不变"),
  refused: () => t("拒绝"),
};

/** @param {HTMLElement} place @param {() => void} taken called once projects were taken in */
export function showSheet(place, taken) {
  const result = el("div", { "aria-live": "polite" });
  const unit = el("select.select", { id: "sheet-unit", onchange: () => void send(false) }, ["万元", "亿元"].map((value) => el("option", { value }, value)));
  /** Emptied when pressed, so that a file that was mended and is chosen again is read again. */
  const input = el("input.input", { id: "sheet-file", type: "file", accept: ".xlsx,.csv", onclick: () => (input.value = ""), onchange: () => void send(false) });

  /** @param {boolean} keep */
  async function send(keep) {
    const file = input.files?.[0];
    if (!file) return;
    const form = new FormData();
    form.append("file", file);
    form.append("amount_unit", unit.value);
    if (keep) form.append("keep", "1");
    fill(result, loading());
    try {
      /** @type {Told} */
      const told = await post("/projects/sheets", form);
      fill(result, verdict(told, keep, () => void send(true)), rows(told.rows));
      if (!told.done) return;
      input.value = "";
      toast(t("项目表已导入。"));
      taken();
    } catch (error) {
      fill(result, failure(error, () => void send(false)));
    }
  }

  fill(
    place,
    el(
      "div.roster-head",
      {},
      el("p", {}, t("直接用办公室的推进表：项目名称、总投资、责任单位必填；各阶段的计划和实际日期、半年计划和完成投资、包联领导、部门、国企、属地、服务专班可空。")),
      el("p.soft", {}, t("表头可占两行，单位可写在表头或单元格里。已有项目按名称对上，空格不改动；任何一行被拒绝，整份不导入。")),
      el("div.field", {}, el("label", { for: "sheet-unit" }, t("没有写明单位的金额按")), unit),
      el("div.field", {}, el("label", { for: "sheet-file" }, t("项目表（.xlsx 或 .csv）")), input),
    ),
    result,
  );
}

/** @param {Told} told @param {boolean} keep @param {() => void} take */
function verdict(told, keep, take) {
  const counts = Object.entries(told.counts)
    .filter(([, count]) => count)
    .map(([outcome, count]) => `${WORDS[outcome]?.()} ${count}`)
    .join(" · ");
  const unread = told.unread.length ? el("p.under", {}, t("没有用到的列：{heads}", { heads: told.unread.join(t("、")) })) : null;
  if (told.done) return el("div.notice.notice-good", { role: "alert" }, el("b", {}, t("已导入。")), el("p", {}, counts));
  if (told.counts.refused)
    return el(
      "div.notice.notice-wrong",
      { role: "alert" },
      el("b", {}, keep ? t("没有导入：情况已有变化。") : t("有被拒绝的行，请改好文件后重新选择。")),
      el("p", {}, counts),
      unread,
    );
  const change = (told.counts.created || 0) + (told.counts.changed || 0);
  return el(
    "div.notice.notice-good",
    {},
    el("b", {}, change ? t("可以导入。以下是将会发生的事，尚未写入。") : t("全部已是如此，没有什么要导入。")),
    el("p", {}, counts),
    unread,
    change ? el("p", {}, el("button.button.button-main", { type: "button", onclick: take }, t("确认导入"))) : null,
  );
}

/** @param {Row[]} rows */
function rows(rows) {
  return table(
    [t("行"), t("结果"), t("项目"), t("说明")],
    rows.map((row) => {
      const [kind, mark] = MARKS[row.outcome] || ["tag-plain", ""];
      return el(
        "tr",
        {},
        el("td.number.soft", {}, row.row),
        el("td.nowrap", {}, el(`span.tag.${kind}`, {}, `${mark} ${WORDS[row.outcome]?.() || row.outcome}`)),
        el("td", {}, row.name),
        el("td", {}, say(row)),
      );
    }),
    t("项目表各行"),
  );
}
