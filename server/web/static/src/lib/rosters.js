/** Taking a roster in; first passwords are shown once. */
import { say, t } from "./desk.js";
import { el } from "./dom.js";
import { showDryRun } from "./dry-run.js";
import { hand } from "./handing.js";

/** @typedef {{username: string, name: string, unit: string, zh: string, en: string, password: string | null}} Row */

/** @param {HTMLElement} place @param {() => void} taken called once people were taken in */
export function showRoster(place, taken) {
  showDryRun(
    place,
    {
      url: "/people/rosters",
      id: "roster-file",
      label: t("名册文件（.xlsx 或 .csv）"),
      explained: [
        t("第一行为列名：姓名、用户名、单位必填，职务、角色可空。单位写编码、名称或“上级/名称”。"),
        t("已有的用户名按名册调整单位和职务，角色只增不减；任何一行被拒绝，整份不导入。"),
      ],
      done: t("名册已导入。"),
      rows: t("名册各行"),
      heads: (/** @type {Row[]} */ rows) => [t("姓名"), t("用户名"), t("单位"), rows.some((row) => row.password) ? t("初始密码") : t("说明")],
      cells: (/** @type {Row} */ row) => [el("span.nowrap", {}, row.name), row.username, row.unit, row.password ? el("code", {}, row.password) : say(row)],
      more: (told) => firstPasswords(told.rows),
    },
    taken,
  );
}

/** @param {Row[]} rows */
function firstPasswords(rows) {
  const fresh = rows.filter((row) => row.password);
  if (!fresh.length) return null;
  const save = el("button.button.button-small", { type: "button", onclick: () => download(fresh) }, t("保存初始密码表"));
  return el("p", {}, t("初始密码只在此显示一次，首次登录必须修改。"), save);
}

/** @param {Row[]} fresh the list is made here: the server keeps no password to be asked for again */
function download(fresh) {
  /** @param {string} text */
  const cell = (text) => `"${text.replaceAll('"', '""')}"`;
  const lines = [
    [t("姓名"), t("用户名"), t("初始密码")],
    ...fresh.map((row) => [row.name, row.username, row.password || ""]),
  ];
  const text = `\ufeff${lines.map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
  hand(new Blob([text], { type: "text/csv" }), "guatu-passwords.csv");
}
