/**
 * Bulletins, the newest first; whoever drafts them begins one here.
 * @import {Bulletin} from "../wire"
 */
import { post } from "../lib/api.js";
import { may, say, t } from "../lib/desk.js";
import { ask, textField } from "../lib/dialog.js";
import { byId, el } from "../lib/dom.js";
import { bar, filterBar } from "../lib/filters.js";
import { frame } from "../lib/frame.js";
import { pagedList, table } from "../lib/list.js";
import { periods, today } from "../lib/periods.js";
import { blank } from "../lib/states.js";
import { fully } from "../lib/time.js";
import { word } from "../lib/words.js";

const list = pagedList({
  place: byId("bulletins"),
  path: "/bulletins",
  draw,
  empty: () => blank(t("还没有通报"), t("每月结束后由系统起草，审定发布后所有人都能看到。")),
});

/** @param {Bulletin[]} bulletins */
function draw(bulletins) {
  return table([t("通报"), t("文号"), t("种类"), t("时段"), t("状态"), t("发布时间")], bulletins.map(row), t("通报"));
}

/** @param {Bulletin} bulletin */
function row(bulletin) {
  return el(
    "tr",
    {},
    el("td.clip", {}, el("a", { href: `/bulletins/${bulletin.id}` }, bulletin.title)),
    el("td.nowrap", {}, bulletin.number || "—"),
    el("td.nowrap", {}, word("bulletin", bulletin.kind)),
    el("td.nowrap", {}, say(bulletin.period.words)),
    el(
      "td.nowrap",
      {},
      word("bulletin", bulletin.state),
      bulletin.corrected_by ? el("span.under", {}, t("已由 {number} 更正", { number: bulletin.corrected_by.number })) : null,
    ),
    el("td.nowrap", {}, bulletin.published_at ? fully(bulletin.published_at) : "—"),
  );
}

async function draft() {
  await ask({
    title: t("起草通报"),
    yes: t("起草"),
    body: [
      choice("kind", t("种类"), [
        ["boards", word("bulletin", "boards")],
        ["trips", word("bulletin", "trips")],
      ]),
      el(
        "div.field",
        {},
        el("label", { for: "ask-period" }, t("时段")),
        el("select.select", { id: "ask-period", name: "period" }, spans()),
        el("span.hint", {}, t("只列已结束的时段；季度和年度由已发布的各月汇总。")),
      ),
      textField("reason", t("更正原因（首次发布不填）"), { required: false, maxlength: 500, rows: 2 }),
    ],
    act: async (form) => {
      const made = await post("/bulletins", { kind: form.get("kind"), period: form.get("period"), reason: form.get("reason") || "" });
      location.href = `/bulletins/${made.id}`;
    },
  });
}

/** How far back one may begin: two years, so that the last whole year is among them. */
const YEARS_BACK = 2;

/** The months, quarters and years that are over, by kind, the newest of each first. */
function spans() {
  const now = today();
  const from = `${Number(now.slice(0, 4)) - YEARS_BACK}-01-01`;
  const found = periods(from, now);
  const under = new Set(periods(now, now).map(([name]) => name));
  return [t("月度"), t("季度"), t("年度")].map((label, at) => {
    const those = found.filter(([name]) => !under.has(name) && spanOf(name) === at);
    return el("optgroup", { label }, those.map(([name, words]) => el("option", { value: name }, words)));
  });
}

/** 0 a month, 1 a quarter, 2 a year. @param {string} name */
function spanOf(name) {
  if (name.length === 4) return 2;
  return name.includes("Q") ? 1 : 0;
}

/** @param {string} name @param {string} label @param {[string, string][]} options */
function choice(name, label, options) {
  const select = el("select.select", { id: `ask-${name}`, name }, options.map(([code, words]) => el("option", { value: code }, words)));
  return el("div.field", {}, el("label", { for: `ask-${name}` }, label), select);
}

async function begin() {
  frame();
  const end = may("bulletin.draft") ? [el("button.button.button-main", { type: "button", onclick: () => void draft() }, t("起草通报"))] : [];
  const asked = await filterBar(
    bar(),
    [{ name: "kind", label: t("种类"), type: "select", all: t("全部"), options: [["boards", word("bulletin", "boards")], ["trips", word("bulletin", "trips")]] }],
    (changed) => void list.read(changed),
    ...end,
  );
  await list.read(asked);
}

void begin();
