// @ts-check
/** How far and how large, as a person says it. */

import { say } from "./words.js";

/** Metres as a person says them: 18 m, 120 m, 2.4 km. @param {number} metres */
export function metres(metres) {
  if (metres < 1000) return say("metres", { n: Math.round(metres) });
  return say("kilometres", { n: (metres / 1000).toFixed(metres < 10_000 ? 1 : 0) });
}
