/**
 * My log: a day, a week or a month as the server wrote it, what I add to it, and the same as a file.
 * @import {Entry, LogDay, OwnLog, Saved} from "../wire"
 */
import { get, put, Refusal, remove } from "../lib/api.js";
import { read, write } from "../lib/address.js";
import { ask, textField } from "../lib/dialog.js";
import { t } from "../lib/desk.js";
import { byId, el, fill } from "../lib/dom.js";
import { field } from "../lib/form.js";
import { frame } from "../lib/frame.js";
import { journeys, metCells } from "../lib/journeys.js";
import { periodBar, today } from "../lib/periods.js";
import { attempt, blank, failure, loading, refusalNotice, toast } from "../lib/states.js";
import { clock, dayInWords, fully } from "../lib/time.js";
import { uuid } from "../lib/uuid.js";
import { word } from "../lib/words.js";

const place = byId("log");
let name = read(["period"])["period"] || today();
let turn = 0;

async function show() {
  const mine = ++turn;
  write({ period: name });
  fill(place, loading());
  try {
    const log = await get(`/me/logs/${encodeURIComponent(name)}`);
    if (mine === turn) draw(log);
  } catch (error) {
    byId("own").hidden = true;
    if (mine === turn)
      fill(
        place,
        failure(error, () => void show()),
      );
  }
}

/** @param {string} other */
function go(other) {
  name = other;
  void show();
}

/** @param {OwnLog} log */
function draw(log) {
  periodBar(byId("period"), log.period, { go, path: `/me/logs/${log.period.name}`, kinds: true });
  const entries = log.days.flatMap((day) => day.entries);
  const written = log.period.kind === "day" ? [] : log.days.filter((day) => day.words?.remark || day.words?.plan);
  fill(
    place,
    log.trips.length ? block(t("行程 · 在外 {n} 天", { n: log.days_away }), journeys(log.trips, false)) : null,
    planned(log),
    entries.length ? block(t("签到与走访"), dayTable(log.days)) : null,
    written.length ? block(t("补记与计划"), wordsTable(written)) : null,
    log.cut ? el("p.more", {}, t("记录过多，后面的没有列出。")) : null,
    log.trips.length || entries.length || written.length
      ? null
      : blank(t("这段时间没有记录"), t("签到之后，日志会自己写好。")),
  );
  drawOwn(log);
}

/** @param {string} head @param {HTMLElement} body */
const block = (head, body) => el("section.log-block", {}, el("h3", {}, head), body);

/** @param {OwnLog} log what was planned for this day, and what trips plan for the next */
function planned(log) {
  const before = log.period.kind === "day" ? log.days[0]?.planned : "";
  if (!before && !log.ahead.length) return null;
  const stops = log.ahead.map((stop) => el("li", {}, `${clock(stop.from)} ${stop.stop} · ${stop.trip.title}`));
  return el(
    "dl.facts.log-block",
    {},
    before ? [el("dt", {}, t("前一天的计划")), el("dd.written", {}, before)] : null,
    stops.length ? [el("dt", {}, t("行程中已安排的明天")), el("dd", {}, el("ul", {}, stops))] : null,
  );
}

/** @param {LogDay[]} days */
function dayTable(days) {
  const heads = [t("时间"), t("地点"), t("工作事项"), t("走访企业及联系人"), t("洽谈成果"), t("下一步打算"), t("备注"), ""];
  return el(
    "div.table-wrap",
    { tabindex: 0, role: "region", "aria-label": t("签到与走访") },
    el(
      "table.table",
      {},
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          heads.map((head) => el("th", { scope: "col" }, head)),
        ),
      ),
      days
        .filter((day) => day.entries.length)
        .map((day) =>
          el(
            "tbody",
            {},
            el(
              "tr.day",
              {},
              el("th", { scope: "rowgroup", colspan: heads.length }, dayInWords(`${day.day}T12:00:00+08:00`)),
            ),
            day.entries.map((entry) => entryRow(entry, day)),
          ),
        ),
    ),
  );
}

/** @param {Entry} entry @param {LogDay} day */
function entryRow(entry, day) {
  const kind = [word("checkin", entry.kind), word("visit", entry.met.kind)].filter(Boolean).join(" · ");
  return el(
    "tr",
    {},
    el("td.nowrap", {}, clock(entry.at)),
    el("td.clip", {}, entry.place),
    el("td.clip", {}, kind, el("span.under", {}, entry.trip?.title || t("行程外"))),
    metCells(entry.met),
    el("td.clip", {}, entry.note, entry.supplement?.remark ? el("span.under", {}, entry.supplement.remark) : null),
    el(
      "td.right",
      {},
      day.open
        ? el(
            "button.button.button-small",
            { type: "button", onclick: () => void supplement(entry) },
            says(entry.supplement) ? t("改补记") : t("写补记"),
          )
        : null,
    ),
  );
}

/** @param {Saved | null} saved @returns {boolean} whether it says anything; one that was erased does not */
function says(saved) {
  return Boolean(saved && Object.entries(saved).some(([name, text]) => name !== "id" && name !== "at" && text));
}

/** @param {LogDay[]} days */
function wordsTable(days) {
  return el(
    "dl.facts.log-words",
    {},
    days.map((day) => [
      el("dt", {}, day.day),
      el(
        "dd",
        {},
        day.words?.remark ? el("p.written", {}, day.words.remark) : null,
        day.words?.plan ? el("p.written", {}, t("次日计划：{plan}", { plan: day.words.plan })) : null,
      ),
    ]),
  );
}

/* ── what I add ──────────────────────────────────────────────────────────────────────────────────────── */

/** @param {string | null} after the saving I had before me */
function saving(after) {
  const now = new Date().toISOString();
  return { id: uuid(), after, made_at: now, sent_at: now };
}

/** @param {Entry} entry */
async function supplement(entry) {
  const had = entry.supplement;
  /** @param {string} part @param {string} label @param {number} maxlength */
  const line = (part, label, maxlength) =>
    field(part, label, el("input.input", { name: part, maxlength, value: had?.[part] || "" }));
  /** @param {string} part @param {string} label @param {number} maxlength */
  const lines = (part, label, maxlength) => {
    const node = textField(part, label, { required: false, rows: 2, maxlength });
    const area = node.querySelector("textarea");
    if (area) area.value = had?.[part] || "";
    return node;
  };
  const done = await ask({
    title: t("写补记"),
    yes: t("保存"),
    body: [
      el("p", {}, t("签到本身不会改动。成果、下一步和见了谁会进入走访日志、行程复核和单位的行程月报，备注只有您自己看得到。")),
      lines("outcome", t("洽谈成果"), 2000),
      lines("next_step", t("下一步打算"), 1000),
      el(
        "div.fields.log-whom",
        {},
        line("enterprise", t("企业"), 120),
        line("contact", t("联系人"), 64),
        line("contact_post", t("职务"), 64),
      ),
      lines("remark", t("备注"), 2000),
    ],
    act: (form) =>
      put(`/checkins/${entry.checkin_id}/supplement`, { ...Object.fromEntries(form), ...saving(had?.id || null) }),
  });
  if (!done) return;
  toast(t("已保存。"));
  await show();
}

/** @param {OwnLog} log */
function drawOwn(log) {
  const [day] = log.days;
  const shown = Boolean(log.period.kind === "day" && day && (day.open || day.words));
  byId("own").hidden = !shown;
  if (shown && day) fill(byId("words"), day.open ? ownForm(day) : closed(day), earlier(day), erasing(day));
}

/** @param {LogDay} day */
function closed(day) {
  return [el("p.faint", {}, t("这一天已经过了补充期限，不能再改。")), day.words ? wordsTable([day]) : null];
}

/** @param {LogDay} day */
function ownForm(day) {
  let after = day.words?.id || null;
  const wrong = el("div", {});
  /** @param {"remark" | "plan"} part @param {string} label */
  const area = (part, label) =>
    field(part, label, el("textarea.area-input", { name: part, maxlength: 4000, rows: 4, value: day.words?.[part] || "" }));
  const button = el("button.button.button-main", { type: "submit" }, t("保存"));
  const form = el(
    "form",
    {},
    wrong,
    el("div.fields.log-fields", {}, area("remark", t("当日补记")), area("plan", t("次日计划"))),
    el(
      "p.buttons.import-go",
      {},
      button,
      day.words ? el("span.faint.small", {}, t("上次保存：{at}", { at: fully(day.words.at) })) : null,
    ),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await put(`/me/logs/${day.day}`, { ...Object.fromEntries(new FormData(form)), ...saving(after) });
      toast(t("已保存。"));
      await show();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      fill(wrong, refusalNotice(error));
      if (error.code === "log_conflict") after = await elsewhere(day, wrong);
    } finally {
      button.disabled = false;
    }
  });
  return form;
}

/**
 * Show what was written elsewhere meanwhile; what is typed stays.
 * @param {LogDay} day
 * @param {HTMLElement} wrong
 * @returns {Promise<string | null>} the saving that the next one follows
 */
async function elsewhere(day, wrong) {
  const log = await attempt(() => get(`/me/logs/${day.day}`));
  const words = log?.days[0]?.words;
  if (words)
    wrong.append(
      el(
        "div.notice",
        {},
        el("b", {}, t("别处已改成下面这样，请合并后再保存：")),
        el("p.written", {}, [words.remark, words.plan].filter(Boolean).join("\n")),
      ),
    );
  return words?.id || null;
}

/** @param {LogDay} day what was saved before, the latest first */
function earlier(day) {
  if (!day.earlier.length) return null;
  return el(
    "details.log-earlier",
    {},
    el("summary", {}, t("改动前的 {n} 次保存", { n: day.earlier.length })),
    el(
      "dl.facts",
      {},
      day.earlier.map((words) => [
        el("dt", {}, fully(words.at)),
        el("dd.written", {}, [words.remark, words.plan].filter(Boolean).join("\n") || "—"),
      ]),
    ),
  );
}

/** @param {LogDay} day */
function erasing(day) {
  if (!says(day.words) && !day.entries.some((entry) => says(entry.supplement))) return null;
  return el(
    "p.log-earlier",
    {},
    el("button.link", { type: "button", onclick: () => void erase(day.day) }, t("删除这一天我写的内容")),
  );
}

/** @param {string} day */
async function erase(day) {
  const done = await ask({
    title: t("删除这一天您写的内容？"),
    yes: t("删除"),
    stop: true,
    body: [el("p", {}, t("补记和计划（包括改动前的）都会永久删除，签到不变。"))],
    act: () => remove(`/me/logs/${day}`),
  });
  if (done) await show();
}

frame();
void show();
