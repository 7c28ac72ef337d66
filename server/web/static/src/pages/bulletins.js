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
import { today } from "../lib/periods.js";
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
  const before = new Date(Date.UTC(Number(today().slice(0, 4)), Number(today().slice(5, 7)) - 2, 1)).toISOString().slice(0, 7);
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
        el("input.input", { id: "ask-period", name: "period", required: true, maxlength: 8, value: before, pattern: "20[0-9]{2}(-(Q[1-4]|[0-9]{2}))?" }),
        el("span.hint", {}, t("月 2026-10、季 2026-Q4 或年 2026；季度和年度由已发布的各月汇总。")),
      ),
      textField("reason", t("更正原因（首次发布不填）"), { required: false, maxlength: 500, rows: 2 }),
    ],
    act: async (form) => {
      const made = await post("/bulletins", { kind: form.get("kind"), period: form.get("period"), reason: form.get("reason") || "" });
      location.href = `/bulletins/${made.id}`;
    },
  });
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
