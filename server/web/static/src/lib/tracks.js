/**
 * A person's track on a trip in words: what was measured, what was not, and the items it adds to the line of time.
 * @import {Crossing, Silence, Stay, Stop, Track, Tracked} from "../wire"
 */
import { address } from "./api.js";
import { may, t } from "./desk.js";
import { drawing, el } from "./dom.js";
import { clock, during, fully, span, window as spanned } from "./time.js";
import { metres, word } from "./words.js";

/** @param {Stay} stay @returns {string} what it is pointed at by */
export function stayKey(stay) {
  return `stay:${stay.from}`;
}

/** @typedef {{at: string, node: HTMLElement}} Item an instant, and how the line of time tells it */

/**
 * @param {Tracked[]} tracked whose tracks may be opened
 * @param {number} chosen id of the person shown, 0 for nobody
 * @param {(id: number) => void} choose
 * @returns {HTMLElement}
 */
export function chooser(tracked, chosen, choose) {
  const select = el(
    "select.select",
    { id: "track-of", onchange: () => choose(Number(select.value)) },
    el("option", { value: "0" }, t("不显示")),
    tracked.map(({ person, unit }) => el("option", { value: String(person.id) }, `${person.name} · ${unit.name}`)),
  );
  select.value = String(chosen);
  return el("div.track-of.no-print", {}, el("label", { for: "track-of" }, t("轨迹")), select);
}

/** @param {Track} track @param {number} trip_id @returns {HTMLElement} what was measured, in words, and the way to take it */
export function summary(track, trip_id) {
  if (!track.from || !track.to) return el("p.faint.track-facts", {}, t("没有保存的定位点。"));
  /** @type {[string, string][]} */
  const lines = [
    [t("有定位"), spanned(track.from, track.to)],
    [t("未测"), track.unmeasured_s ? t("其中 {span} 没有定位", { span: span(track.unmeasured_s) }) : t("无")],
    [t("路程"), t("至少 {metres}", { metres: metres(track.length_m) })],
  ];
  return el(
    "div.track-facts",
    {},
    el("p.print-only", {}, t("轨迹"), " ", el("b", {}, track.person.name)),
    el(
      "dl.facts.facts-wide",
      {},
      lines.map(([label, value]) => el("div", {}, el("dt", {}, label), el("dd", {}, value))),
    ),
    keyOfLines(),
    el(
      "p.faint.small",
      {},
      t("路程只算定位点确实表明走过的部分，没有定位的时段不计；未测不等于没有到。"),
      may("track.export") ? exportLinks(track, trip_id) : null,
    ),
  );
}

/** @param {Track} track @param {number} trip_id */
function exportLinks(track, trip_id) {
  const query = { person_id: track.person.id };
  return el(
    "span.no-print",
    {},
    " ",
    t("导出全部原始定位点："),
    el("a", { href: address(`/trips/${trip_id}/track.gpx`, query), download: "" }, "GPX"),
    " · ",
    el("a", { href: address(`/trips/${trip_id}/track.geojson`, query), download: "" }, "GeoJSON"),
  );
}

/** What the lines and circles mean. */
function keyOfLines() {
  const line = { x1: 1, y1: 7, x2: 25, y2: 7 };
  return el(
    "ul.track-key.small",
    {},
    el("li", {}, drawing("0 0 26 14", [["line", { ...line, stroke: "#c8452d", "stroke-width": 3 }]]), t("有定位的路线")),
    el(
      "li",
      {},
      drawing("0 0 26 14", [["line", { ...line, stroke: "#66707a", "stroke-width": 2, "stroke-dasharray": "2 4" }]]),
      t("没有定位，未测"),
    ),
    el(
      "li",
      {},
      drawing("0 0 26 14", [
        ["circle", { cx: 13, cy: 7, r: 5.6, fill: "rgba(29,42,51,.16)", stroke: "#1d2a33", "stroke-width": 1.4 }],
      ]),
      t("停留"),
    ),
  );
}

/* ── in the line of time ─────────────────────────────────────────────────────────────────────────────── */

/** @param {Track} track @param {Crossing[]} crossings @returns {Item[]} */
export function trackItems(track, crossings) {
  const who = track.person.name;
  return [
    ...track.stays.map((stay) => stayItem(stay, who)),
    ...track.moves.map((move) =>
      item(move.from, "move", [
        el("b", {}, `${who} `),
        [t("移动"), during(move.from, move.to), t("至少 {metres}", { metres: metres(move.length_m) })].join(" · "),
        unmeasured(move.unmeasured_s),
      ]),
    ),
    ...track.gaps.map((gap) =>
      item(gap.from, "gap", [
        el("b", {}, `${who} `),
        [t("没有定位，未测"), during(gap.from, gap.to), span(gap.duration_s)].join(" · "),
      ]),
    ),
    ...crossings.map(({ at, entered, area }) =>
      item(at, entered ? "enter" : "leave", [
        el("b", {}, `${who} `),
        entered ? t("进入 {area}", { area: area.name }) : t("离开 {area}", { area: area.name }),
        el("span.faint", {}, ` ${word("area", area.kind)}`),
      ]),
    ),
  ];
}

/** @param {Stay} stay @param {string} who @returns {Item} */
function stayItem(stay, who) {
  const where = stay.stop ? [stay.stop.name, word("verdict", stay.stop.outcome)] : [];
  const words = [t("停留"), during(stay.from, stay.to), span(stay.duration_s), ...where].join(" · ");
  return item(stay.from, "stay", [el("b", {}, `${who} `), words, unmeasured(stay.unmeasured_s)], stayKey(stay));
}

/** @param {number} seconds */
function unmeasured(seconds) {
  return seconds ? el("span.faint", {}, " · ", t("其中 {span} 没有定位", { span: span(seconds) })) : null;
}

/** @param {Silence[]} silences @returns {Item[]} when phones fell silent, and how that ended */
export function silenceItems(silences) {
  return silences.flatMap((silence) => {
    const who = () => el("b", {}, `${silence.person.name} `);
    const begun = item(silence.since, "silent", [who(), t("手机失联：此后没有收到定位")]);
    if (!silence.ended_at) return [begun];
    const words = silence.heard ? t("手机恢复，收到定位") : t("失联提示结束：任务结束或已撤回同意");
    return [begun, item(silence.ended_at, silence.heard ? "heard" : "gap", [who(), words])];
  });
}

/** @type {Record<string, [string, Record<string, string | number>][]>} */
const MARKS = {
  stay: [["circle", { cx: 8, cy: 8, r: 5.6, fill: "#d9dadb", stroke: "#1d2a33", "stroke-width": 1.6 }]],
  move: [["path", { d: "M2 8h11M9.5 4.5 13 8l-3.5 3.5", fill: "none", stroke: "#c8452d", "stroke-width": 2 }]],
  gap: [["path", { d: "M1.5 8h13", stroke: "#66707a", "stroke-width": 2, "stroke-dasharray": "2.4 2.6" }]],
  enter: [["path", { d: "M9 2h5v12H9M1.5 8H9M6 4.8 9.2 8 6 11.2", fill: "none", stroke: "#0b4f6c", "stroke-width": 1.8 }]],
  leave: [["path", { d: "M7 2H2v12h5M6 8h8M11 4.8 14.2 8 11 11.2", fill: "none", stroke: "#0b4f6c", "stroke-width": 1.8 }]],
  silent: [["path", { d: "M8 1.8 14.8 14H1.2zM8 6v4M8 11.4v1.4", fill: "none", stroke: "#b3261e", "stroke-width": 1.7 }]],
  heard: [["path", { d: "M2.5 8.5 6.5 12.5 13.5 4", fill: "none", stroke: "#1b7f4d", "stroke-width": 2.2 }]],
};

/**
 * @param {string} at
 * @param {string} mark
 * @param {(Node | string | null)[]} words
 * @param {string} [key] of what it lights on the map
 * @returns {Item}
 */
function item(at, mark, words, key) {
  const node = el(
    `li.line-item.line-track.line-${mark}`,
    key ? { dataset: { key }, tabindex: 0 } : {},
    el("time.line-time", { datetime: at, title: fully(at) }, clock(at)),
    el("span.line-mark", {}, drawing("0 0 16 16", MARKS[mark] || [])),
    el("div.line-body", {}, el("p", {}, words)),
  );
  return { at, node };
}

/** @param {Track | null} track @param {Stop} stop @returns {HTMLElement[]} what the track says of a planned stop: no check-in, and said so */
export function atStop(track, stop) {
  const stay = track?.stays.find((one) => one.stop?.id === stop.id);
  if (!track || !stay?.stop) return [];
  const words = [track.person.name, t("停留"), spanned(stay.from, stay.to), word("verdict", stay.stop.outcome)];
  return [
    el("dt", {}, t("轨迹")),
    el("dd", {}, words.join(" · "), " ", el("span.faint", {}, t("由轨迹推算，不是签到"))),
  ];
}
