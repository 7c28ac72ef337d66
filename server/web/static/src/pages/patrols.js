/**
 * Patrols: the list, the latest day first; and calling many grids out at once.
 * @import {Patrol} from "../wire"
 */
import { may, t } from "../lib/desk.js";
import { byId, el, fill } from "../lib/dom.js";
import { bar, filterBar } from "../lib/filters.js";
import { frame } from "../lib/frame.js";
import { pagedList, table } from "../lib/list.js";
import { callButtons, names, purposeTag, stateMark, windowOf } from "../lib/patrols.js";
import { areaById, searchAreas, searchUnits, unitById } from "../lib/sources.js";
import { blank } from "../lib/states.js";
import { day, now } from "../lib/time.js";
import { codes, word } from "../lib/words.js";

const DAY_MS = 86_400_000;

/** @type {Record<string, string>} */
let filters = {};

const list = pagedList({
  place: byId("patrols"),
  path: "/patrols",
  draw,
  empty: () =>
    Object.keys(filters).length
      ? blank(t("没有相符的巡查"), t("放宽筛选条件再看看。"))
      : blank(
          t("还没有巡查"),
          t("制定计划后，巡查会自动列在这里。"),
          ...(may("patrol.plan") ? [el("a.button.button-main", { href: "/patrols/plans/new" }, t("制定巡查计划"))] : []),
        ),
});

/** @param {Patrol[]} patrols */
function draw(patrols) {
  return table([t("巡查"), t("状态"), t("时段"), t("单位"), t("巡查人员"), t("巡查点"), t("网格")], patrols.map(row), t("巡查"));
}

/** @param {Patrol} patrol */
function row(patrol) {
  const over = ["done", "partly_done"].includes(patrol.state);
  return el(
    "tr",
    {},
    el("td.clip", {}, el("a", { href: `/patrols/${patrol.id}` }, patrol.title), tags(patrol)),
    el("td", {}, stateMark(patrol.state)),
    el("td.nowrap", {}, windowOf(patrol)),
    el("td", {}, patrol.unit.name),
    el("td.clip", {}, names(patrol.walkers) || el("span.faint", {}, t("待认领"))),
    el("td.nowrap", {}, over ? `${patrol.reached}/${patrol.checkpoints}` : el("span.faint", {}, patrol.checkpoints)),
    el("td", {}, patrol.area?.name || el("span.faint", {}, "—")),
  );
}

/** @param {Patrol} patrol */
function tags(patrol) {
  const called = patrol.called_out ? el("span.tag", {}, t("临时发起")) : null;
  const purpose = purposeTag(patrol.purpose);
  return called || purpose ? el("span.under.tags", {}, purpose, called) : null;
}

/** What the filters ask of the door: the days as days. @returns {Record<string, string>} */
function asked() {
  const { when = "", ...others } = filters;
  const today = day(new Date(now()).toISOString());
  if (when === "all") return others;
  return when === "ahead" ? { ...others, first: day(new Date(now() + DAY_MS).toISOString()) } : { ...others, last: today };
}

async function begin() {
  frame();
  fill(
    byId("actions"),
    callButtons(() => void list.read()),
    may("patrol.plan") ? el("a.button.button-main", { href: "/patrols/plans/new" }, t("制定巡查计划")) : null,
  );
  filters = await filterBar(
    bar(),
    [
      { name: "state", label: t("状态"), type: "select", all: t("全部"), options: codes("patrol").map((code) => [code, word("patrol", code)]) },
      { name: "purpose", label: t("性质"), type: "select", all: t("全部"), options: codes("patrol_purpose").map((code) => [code, word("patrol_purpose", code)]) },
      { name: "when", label: t("日期"), type: "select", all: t("到今天为止"), options: [["ahead", t("今后几天")], ["all", t("全部")]] },
      { name: "unit_id", label: t("单位"), type: "pick", all: t("全部单位"), search: searchUnits, byId: unitById },
      { name: "area_id", label: t("网格"), type: "pick", all: t("全部网格"), search: searchAreas, byId: areaById },
      { name: "mine", label: t("只看我的"), type: "switch", all: t("否") },
    ],
    (changed) => {
      filters = changed;
      void list.read(asked());
    },
  );
  await list.read(asked());
}

void begin();
