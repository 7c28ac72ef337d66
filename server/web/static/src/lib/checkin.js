/**
 * One check-in as the line of time on a trip's page tells it: what, where, the verdict, whom they met, what was said.
 * @import {Checkin} from "../wire"
 */
import { el } from "./dom.js";
import { photoTiles } from "./photos.js";
import { reviewButtons, reviewLines } from "./reviews.js";
import { clock, fully, span } from "./time.js";
import { badge, shape, signalTags, windowMark } from "./verdict.js";
import { metLines } from "./visit.js";
import { word } from "./words.js";

/**
 * @param {Checkin} checkin
 * @param {string} key what it is pointed at by
 * @param {(checkin: Checkin) => void} changed
 * @returns {HTMLLIElement}
 */
export function checkinItem(checkin, key, changed) {
  return el(
    "li.line-item",
    { dataset: { key }, tabindex: 0 },
    el(
      "time.line-time",
      { datetime: checkin.happened_at, title: fully(checkin.happened_at) },
      clock(checkin.happened_at),
    ),
    el("span.line-mark", {}, shape(checkin.verdict.outcome)),
    el("div.line-body", {}, body(checkin, changed)),
  );
}

/** Everything it holds, in its order. @param {Checkin} checkin @param {(checkin: Checkin) => void} changed */
function body(checkin, changed) {
  return [
    el(
      "p",
      {},
      el("b", {}, checkin.person.name),
      ` ${word("checkin", checkin.kind)}`,
      checkin.stop ? ` · ${checkin.stop.name}` : null,
    ),
    el("p.tags", {}, badge(checkin.verdict), windowMark(checkin, span), signalTags(checkin.signals), withheld(checkin)),
    checkin.note ? el("p", {}, checkin.note) : null,
    metLines(checkin),
    photoTiles(checkin),
    reviewLines(checkin),
    reviewButtons(checkin, changed),
  ];
}

/** Why it has no position, where a reason would not open one. @param {Checkin} checkin */
function withheld({ position_withheld: why }) {
  return why && why !== "reason_needed" ? el("span.faint.small", {}, word("withheld", why)) : null;
}
