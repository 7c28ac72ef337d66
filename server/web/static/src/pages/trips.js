/**
 * Trips: the list, newest departure first.
 * @import {Trip} from "../wire"
 */
import { may, t } from "../lib/desk.js";
import { byId, el } from "../lib/dom.js";
import { bar, filterBar } from "../lib/filters.js";
import { frame } from "../lib/frame.js";
import { pagedList, table } from "../lib/list.js";
import { searchUnits, unitById } from "../lib/sources.js";
import { blank } from "../lib/states.js";
import { dates } from "../lib/time.js";
import { codes, word } from "../lib/words.js";

/** @type {Record<string, string>} */
let filters = {};

const list = pagedList({
  place: byId("trips"),
  path: "/trips",
  draw,
  empty: () =>
    Object.keys(filters).length
      ? blank(t("没有相符的行程"), t("放宽筛选条件再看看。"))
      : blank(
          t("还没有行程"),
          t("计划的行程会列在这里。"),
          ...(may("trip.plan") ? [el("a.button.button-main", { href: "/trips/new" }, t("计划行程"))] : []),
        ),
});

/** @param {Trip[]} trips */
function draw(trips) {
  return table(
    [t("行程"), t("状态"), t("日期"), t("单位"), t("带队"), t("同行"), t("目的地"), t("产业链")],
    trips.map(row),
    t("行程"),
  );
}

/** @param {Trip} trip */
function row(trip) {
  const others = trip.members.filter((member) => !member.leading).map((member) => member.name);
  return el(
    "tr",
    {},
    el(
      "td.clip",
      {},
      el("a", { href: `/trips/${trip.id}` }, trip.title),
      trip.purpose === "ordinary"
        ? null
        : el("span.under", {}, el("span.tag.tag-strong", {}, word("purpose", trip.purpose))),
    ),
    el("td", {}, el(`span.state.state-${trip.state}`, {}, word("trip", trip.state))),
    el("td.nowrap", {}, dates(trip.starts_on, trip.ends_on)),
    el("td", {}, trip.unit.name),
    el("td.nowrap", {}, trip.leader.name),
    el("td.clip", {}, others.join(t("、")) || el("span.faint", {}, "—")),
    el("td", {}, trip.destination),
    el("td", {}, trip.chain || el("span.faint", {}, "—")),
  );
}

async function begin() {
  frame();
  const values = await filterBar(
    bar(),
    [
      {
        name: "state",
        label: t("状态"),
        type: "select",
        all: t("全部"),
        options: codes("trip").map((code) => [code, word("trip", code)]),
      },
      { name: "unit_id", label: t("单位"), type: "pick", all: t("全部单位"), search: searchUnits, byId: unitById },
      { name: "q", label: t("查找"), type: "text", all: t("行程、目的地或产业链") },
      { name: "mine", label: t("只看我的"), type: "switch", all: t("否") },
    ],
    (changed) => {
      filters = changed;
      void list.read(filters);
    },
  );
  filters = values;
  await list.read(filters);
}

void begin();
