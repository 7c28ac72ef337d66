/** Taking a sheet of projects in. */
import { say, t } from "./desk.js";
import { el } from "./dom.js";
import { showDryRun } from "./dry-run.js";

/** @typedef {{name: string, zh: string, en: string}} Row */

/** @param {HTMLElement} place @param {() => void} taken called once projects were taken in */
export function showSheet(place, taken) {
  const units = ["万元", "亿元"].map((value) => el("option", { value }, value));
  showDryRun(
    place,
    {
      url: "/projects/sheets",
      id: "sheet-file",
      label: t("项目表（.xlsx 或 .csv）"),
      explained: [
        t("直接用办公室的推进表：项目名称、总投资、责任单位必填；各阶段的计划和实际日期、半年计划和完成投资、包联领导、部门、国企、属地、服务专班可空。"),
        t("表头可占两行，单位可写在表头或单元格里。已有项目按名称对上，空格不改动；任何一行被拒绝，整份不导入。"),
      ],
      choice: { label: t("没有写明单位的金额按"), field: el("select.select", { id: "sheet-unit", name: "amount_unit" }, units) },
      done: t("项目表已导入。"),
      rows: t("项目表各行"),
      heads: () => [t("项目"), t("说明")],
      cells: (/** @type {Row} */ row) => [row.name, say(row)],
    },
    taken,
  );
}
