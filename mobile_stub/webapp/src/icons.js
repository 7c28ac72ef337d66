// @ts-check
/** The app's line icons, drawn on a 24 × 24 grid, and the four shapes that stand for verdicts. */

/** @import {Outcome} from "./wire.d.ts" */

import { svg } from "./dom.js";

const lines = /** @type {const} */ ({
  duties: "M5 4h14v16H5z M9 9h6 M9 13h6 M9 17h3",
  log: "M12 4a8 8 0 1 1-7.4 5 M4 4v5h5 M12 8v4.5l3 2",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z M4.5 20c.8-3.6 3.8-5.5 7.5-5.5s6.7 1.9 7.5 5.5",
  back: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
  pin: "M12 21s-6.5-5.6-6.5-11a6.5 6.5 0 0 1 13 0c0 5.4-6.5 11-6.5 11z M12 12.3a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6z",
  shield: "M12 3l7 3v5.5c0 4.5-3 7.6-7 9.5-4-1.9-7-5-7-9.5V6z M9 12l2.2 2.2L15.2 10",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  phone: "M7.5 3h9v18h-9z M11 18h2",
  key: "M8 15.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8z M12 11.5h9 M18 11.5v3.5",
  speak: "M4 5h16v11H11l-4.5 4v-4H4z M8 9.5h8 M8 12.5h5",
  out: "M13 4H5v16h8 M10 12h11 M17.5 8.5L21 12l-3.5 3.5",
  cloud: "M7 18.5a4 4 0 0 1-.6-7.95 5.6 5.6 0 0 1 10.85-1.1A4.6 4.6 0 0 1 17 18.5z M9.5 12.5l5 5 M14.5 12.5l-5 5",
  help: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M9.3 9.7a2.7 2.7 0 1 1 4 2.5c-.9.5-1.3 1-1.3 2 M12 17.3v.2",
  check: "M4.5 12.5l5 5L19.5 7",
  cross: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M9 9l6 6 M15 9l-6 6",
  fork: "M6 4v5l6 5 6-5V4 M12 14v6",
  up: "M12 20V5 M6 11l6-6 6 6",
  down: "M12 4v12 M6 11l6 6 6-6 M5 20.5h14",
  plus: "M12 5v14 M5 12h14",
  track: "M5 19c3.5 0 3.5-4 7-4s3.5-10 7-10 M5 19h.01 M19 5h.01",
  edit: "M5 19l1-4L16.5 4.5l3 3L9 18z M14 7l3 3",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M12 7v5.3l3.5 2",
  people: "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z M2.5 19.5c.6-3.3 3.3-5 6.5-5s5.9 1.7 6.5 5 M15.5 4.8a3.5 3.5 0 0 1 0 6.4 M18 14.9c2 .7 3.2 2.3 3.5 4.6",
  camera: "M4 7.5h4L9.5 5h5L16 7.5h4v11H4z M12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
  album: "M4 5h16v14H4z M4 16l5-5 4 4 2.5-2.5L20 17 M15.5 9.6a1 1 0 1 0 0-.1z",
  close: "M6 6l12 12 M18 6L6 18",
  bell: "M12 3v2 M6.5 17c0-1 1-2 1-6a4.5 4.5 0 0 1 9 0c0 4 1 5 1 6z M10 20a2 2 0 0 0 4 0 M4.5 17h15",
  text: "M4 18L9 6l5 12 M5.8 14h6.4 M17 8v8 M13.5 12h7",
});

/** @typedef {keyof typeof lines} IconName */

/**
 * A line icon; hidden from screen readers, so never the only name of a thing.
 * @param {IconName} name
 */
export function icon(name) {
  return svg("svg", { class: "icon", "aria-hidden": "true", viewBox: "0 0 24 24" }, svg("path", { d: lines[name] }));
}

/**
 * A verdict's shape: full disc inside, half disc uncertain, open ring outside, a bar when not judged.
 * @param {Outcome} outcome
 */
export function shape(outcome) {
  const ring = svg("circle", { class: "ring", cx: 12, cy: 12, r: 9 });
  const inner = {
    inside: svg("circle", { class: "full", cx: 12, cy: 12, r: 10 }),
    uncertain: svg("path", { class: "full", d: "M12 3a9 9 0 0 0 0 18z" }),
    outside: null,
    not_judged: svg("path", { class: "ring", d: "M7.5 12h9" }),
  }[outcome];
  return svg("svg", { class: "shape", "aria-hidden": "true", viewBox: "0 0 24 24" }, ring, inner);
}
