/**
 * The marks on a trip's line of time in words.
 * @import {Checkin, Crossing, Gap, Move, Silence, Stay, Stop} from "../wire"
 * @import {Mark} from "./timeline.js"
 */
import { t } from "./desk.js";
import { clock, during, span, window as spanned } from "./time.js";
import { metres, word } from "./words.js";

/** @param {Mark} mark @returns {string} */
export function markWords(mark) {
  const told = WORDS[mark.look] || ofCheckin;
  return told(/** @type {any} */ (mark.of), mark);
}

/** @param {Checkin} checkin @returns {string} */
function ofCheckin(checkin) {
  const said = [
    `${checkin.person.name} ${word("checkin", checkin.kind)}`,
    checkin.stop?.name,
    word("verdict", checkin.verdict.outcome),
  ];
  return said.filter(Boolean).join(" · ");
}

/** @param {Stop} stop @param {Mark} mark @param {string} what @returns {string} */
function ofStop(stop, mark, what) {
  const [from, to] = [new Date(mark.from).toISOString(), new Date(mark.to).toISOString()];
  return `${what} ${mark.number} ${stop.name} ${spanned(from, to)}`;
}

/** @param {string[]} parts */
const joined = (...parts) => parts.filter(Boolean).join(" · ");

/** @type {Record<string, (of: any, mark: Mark) => string>} */
const WORDS = {
  plan: (stop, mark) => ofStop(stop, mark, t("计划")),
  done: (stop, mark) => ofStop(stop, mark, t("实际")),
  arrived: (stop, mark) => joined(ofStop(stop, mark, t("实际")), t("没有离开签到")),
  visit: (/** @type {Checkin} */ { met, person }) =>
    `${person.name} ${met?.kind ? word("visit", met.kind) : t("补记")} ${met?.enterprise || ""}`,
  stay: (/** @type {Stay} */ stay) => joined(t("停留"), during(stay.from, stay.to), stay.stop?.name || ""),
  move: (/** @type {Move} */ move) =>
    joined(t("移动"), during(move.from, move.to), t("至少 {metres}", { metres: metres(move.length_m) })),
  gap: (/** @type {Gap} */ gap) => joined(t("没有定位，未测"), during(gap.from, gap.to), span(gap.duration_s)),
  enter: (/** @type {Crossing} */ { area, at }) => joined(t("进入 {area}", { area: area.name }), clock(at)),
  leave: (/** @type {Crossing} */ { area, at }) => joined(t("离开 {area}", { area: area.name }), clock(at)),
  signal: (/** @type {Checkin} */ { signals, person }) =>
    `${person.name} ${signals.map((signal) => word("signal", signal.code)).join(t("、"))}`,
  silent: (/** @type {Silence} */ { person }) => joined(person.name, t("手机失联")),
};
