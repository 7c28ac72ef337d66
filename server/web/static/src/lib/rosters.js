/** Taking a roster in: choose a file, read what would become of each row, take it; first passwords are shown once. */
import { post } from "./api.js";
import { say, t } from "./desk.js";
import { el, fill } from "./dom.js";
import { hand } from "./handing.js";
import { table } from "./list.js";
import { failure, loading, toast } from "./states.js";

/**
 * @typedef {{row: number, username: string, name: string, unit: string, outcome: string, zh: string, en: string,
 *   password: string | null}} Row
 * @typedef {{done: boolean, counts: Record<string, number>, rows: Row[]}} Told
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

/** @param {HTMLElement} place @param {() => void} taken called once people were taken in */
export function showRoster(place, taken) {
  const result = el("div", { "aria-live": "polite" });
  const input = el("input.input", {
    id: "roster-file",
    type: "file",
    accept: ".xlsx,.csv",
    onchange: () => void send(false),
  });

  /** @param {boolean} keep */
  async function send(keep) {
    const file = input.files?.[0];
    if (!file) return;
    const form = new FormData();
    form.append("file", file);
    if (keep) form.append("keep", "1");
    fill(result, loading());
    try {
      /** @type {Told} */
      const told = await post("/people/rosters", form);
      fill(result, verdict(told, keep, () => void send(true)), rows(told.rows));
      if (told.done) {
        input.value = "";
        toast(t("名册已导入。"));
        taken();
      }
    } catch (error) {
      fill(
        result,
        failure(error, () => void send(false)),
      );
    }
  }

  fill(
    place,
    el(
      "div.roster-head",
      {},
      el("p", {}, t("第一行为列名：姓名、用户名、单位必填，职务、角色可空。单位写编码、名称或“上级/名称”。")),
      el("p.soft", {}, t("已有的用户名按名册调整单位和职务，角色只增不减；任何一行被拒绝，整份不导入。")),
      el("div.field", {}, el("label", { for: "roster-file" }, t("名册文件（.xlsx 或 .csv）")), input),
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
  if (told.done) return taken(told, counts);
  if (told.counts.refused)
    return el(
      "div.notice.notice-wrong",
      { role: "alert" },
      el("b", {}, keep ? t("没有导入：情况已有变化。") : t("有被拒绝的行，请改好文件后重新选择。")),
      el("p", {}, counts),
    );
  const change = (told.counts.created || 0) + (told.counts.changed || 0);
  return el(
    "div.notice.notice-good",
    {},
    el("b", {}, change ? t("可以导入。以下是将会发生的事，尚未写入。") : t("全部已是如此，没有什么要导入。")),
    el("p", {}, counts),
    change ? el("p", {}, el("button.button.button-main", { type: "button", onclick: take }, t("确认导入"))) : null,
  );
}

/** @param {Told} told @param {string} counts */
function taken(told, counts) {
  const fresh = told.rows.filter((row) => row.password);
  return el(
    "div.notice.notice-good",
    { role: "alert" },
    el("b", {}, t("已导入。")),
    el("p", {}, counts),
    fresh.length
      ? el(
          "p",
          {},
          t("初始密码只在此显示一次，首次登录必须修改。"),
          el("button.button.button-small", { type: "button", onclick: () => download(fresh) }, t("保存初始密码表")),
        )
      : null,
  );
}

/** @param {Row[]} rows */
function rows(rows) {
  const secret = rows.some((row) => row.password);
  return table(
    [t("行"), t("结果"), t("姓名"), t("用户名"), t("单位"), secret ? t("初始密码") : t("说明")],
    rows.map((row) => {
      const [kind, mark] = MARKS[row.outcome] || ["tag-plain", ""];
      return el(
        "tr",
        {},
        el("td.number.soft", {}, row.row),
        el("td.nowrap", {}, el(`span.tag.${kind}`, {}, `${mark} ${WORDS[row.outcome]?.() || row.outcome}`)),
        el("td.nowrap", {}, row.name),
        el("td", {}, row.username),
        el("td", {}, row.unit),
        el("td", {}, row.password ? el("code", {}, row.password) : say(row)),
      );
    }),
    t("名册各行"),
  );
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
