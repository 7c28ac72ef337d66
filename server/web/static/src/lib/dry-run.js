/** Taking a file in after a dry run: choose it, read what would become of each row, take it as it was read. */
import { post } from "./api.js";
import { t } from "./desk.js";
import { el, fill } from "./dom.js";
import { table } from "./list.js";
import { failure, loading, toast } from "./states.js";

/**
 * @typedef {{row: number, outcome: string, zh: string, en: string}} Row
 * @typedef {{done: boolean, counts: Record<string, number>, rows: any[], unread?: string[]}} Told
 */

/**
 * What differs from file to file.
 * @typedef {object} Kind
 * @property {string} url where it is sent, below /api/v1
 * @property {string} id of the file's field
 * @property {string} label of the file's field
 * @property {string[]} explained what a file looks like, and what is done with it
 * @property {string} rows what the table of rows is called
 * @property {string} done what is said once it is taken in
 * @property {(rows: any[]) => string[]} heads between the outcome and the remark, and the remark's own
 * @property {(row: any) => (Node | string)[]} cells below `heads`
 * @property {{label: string, field: HTMLSelectElement}} [choice] sent along under its name; turning it reads the file again
 * @property {(told: Told) => Node | null} [more] what else is said once it is taken in
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

/** @param {HTMLElement} place @param {Kind} kind @param {() => void} taken called once something was taken in */
export function showDryRun(place, kind, taken) {
  const result = el("div", { "aria-live": "polite" });
  /** @type {Blob | null} as it was read: what is taken in is what was gone through, whatever became of the file since */
  let held = null;

  async function chosen() {
    const file = input.files?.[0];
    if (!file) return;
    held = null;
    try {
      held = new File([await file.arrayBuffer()], file.name);
    } catch {
      fill(result, el("div.notice.notice-wrong", { role: "alert" }, t("读不到这个文件，请关闭正在使用它的程序后重新选择。")));
      return;
    }
    await send(false);
  }

  /** @param {boolean} keep */
  async function send(keep) {
    if (!held) return;
    fill(result, loading());
    try {
      /** @type {Told} */
      const told = await post(kind.url, form(held, kind, keep));
      fill(result, verdict(told, keep, kind, () => void send(true)), rows(told.rows, kind));
      if (!told.done) return;
      held = null;
      toast(kind.done);
      taken();
    } catch (error) {
      fill(result, failure(error, () => void send(false)));
    }
  }

  /** Emptied when pressed, so that a file that was mended and is chosen again is read again. */
  const input = el("input.input", { id: kind.id, type: "file", accept: ".xlsx,.csv", onclick: () => (input.value = ""), onchange: () => void chosen() });
  kind.choice?.field.addEventListener("change", () => void send(false));
  const [first, ...others] = kind.explained;
  fill(
    place,
    el(
      "div.roster-head",
      {},
      el("p", {}, first),
      others.map((line) => el("p.soft", {}, line)),
      kind.choice ? el("div.field", {}, el("label", { for: kind.choice.field.id }, kind.choice.label), kind.choice.field) : null,
      el("div.field", {}, el("label", { for: kind.id }, kind.label), input),
    ),
    result,
  );
}

/** @param {Blob} file @param {Kind} kind @param {boolean} keep */
function form(file, kind, keep) {
  const sent = new FormData();
  sent.append("file", file);
  if (kind.choice) sent.append(kind.choice.field.name, kind.choice.field.value);
  if (keep) sent.append("keep", "1");
  return sent;
}

/** @param {Told} told @param {boolean} keep @param {Kind} kind @param {() => void} take */
function verdict(told, keep, kind, take) {
  const counts = Object.entries(told.counts)
    .filter(([, count]) => count)
    .map(([outcome, count]) => `${WORDS[outcome]?.()} ${count}`)
    .join(" · ");
  if (told.done) return notice("good", t("已导入。"), counts, kind.more?.(told) ?? null);
  const unread = told.unread?.length ? el("p.under", {}, t("没有用到的列：{heads}", { heads: told.unread.join(t("、")) })) : null;
  if (told.counts.refused) return notice("wrong", keep ? t("没有导入：情况已有变化。") : t("有被拒绝的行，请改好文件后重新选择。"), counts, unread);
  if (!told.counts.created && !told.counts.changed) return notice("good", t("全部已是如此，没有什么要导入。"), counts, unread);
  return notice("good", t("可以导入。以下是将会发生的事，尚未写入。"), counts, unread, el("p", {}, el("button.button.button-main", { type: "button", onclick: take }, t("确认导入"))));
}

/** @param {"good" | "wrong"} how @param {string} headline @param {string} counts @param {(Node | null)[]} more */
function notice(how, headline, counts, ...more) {
  return el(`div.notice.notice-${how}`, { role: how === "wrong" ? "alert" : null }, el("b", {}, headline), el("p", {}, counts), more);
}

/** @param {Row[]} rows @param {Kind} kind */
function rows(rows, kind) {
  return table(
    [t("行"), t("结果"), ...kind.heads(rows)],
    rows.map((row) => {
      const [tag, mark] = MARKS[row.outcome] || ["tag-plain", ""];
      return el(
        "tr",
        {},
        el("td.number.soft", {}, row.row),
        el("td.nowrap", {}, el(`span.tag.${tag}`, {}, `${mark} ${WORDS[row.outcome]?.() || row.outcome}`)),
        kind.cells(row).map((cell) => el("td", {}, cell)),
      );
    }),
    kind.rows,
  );
}
