/**
 * Flags: a shape and a word beside each colour, so that nobody needs the colour; why it was given; its words.
 * @import {Flag, FlagShort} from "../wire"
 */
import { say } from "./desk.js";
import { drawing, el } from "./dom.js";
import { word } from "./words.js";

/** A medal is a disc on a ribbon, red a full pennant, yellow an open swallowtail. @type {Record<string, [string, Record<string, string | number>][]>} */
const SHAPES = {
  medal: [
    ["path", { d: "M5 1l3 6M11 1L8 7", fill: "none", stroke: "currentColor", "stroke-width": 1.6 }],
    ["circle", { cx: 8, cy: 10.5, r: 4.5, fill: "#e0b93a", stroke: "currentColor", "stroke-width": 1.4 }],
  ],
  red: [
    ["path", { d: "M3 1v14", fill: "none", stroke: "currentColor", "stroke-width": 1.6 }],
    ["path", { d: "M3 2l11 4-11 4z", fill: "currentColor" }],
  ],
  yellow: [
    ["path", { d: "M3 1v14", fill: "none", stroke: "currentColor", "stroke-width": 1.6 }],
    ["path", { d: "M3 2h11l-3 3.5L14 9H3z", fill: "#f5d33f", stroke: "currentColor", "stroke-width": 1.4 }],
  ],
};

/** @param {string} colour @param {boolean} [over] whether it no longer stands @returns {HTMLElement} */
export function flagMark(colour, over = false) {
  const mark = el(`span.flag.flag-${colour}`, {}, drawing("0 0 16 16", SHAPES[colour] || []), word("colour", colour));
  if (over) mark.classList.add("flag-over");
  return mark;
}

/** The flags that stand now, each a link to what made it. @param {FlagShort[]} flags */
export function flagLinks(flags) {
  return el("span.flags", {}, flags.map((flag) => el("a", { href: `/flags/${flag.id}`, title: say(flag) }, flagMark(flag.colour))));
}

/** Whether a flag no longer stands. @param {Flag} flag */
export function isOver(flag) {
  return flag.until !== null || flag.lifted_at !== null;
}
