// @ts-check
/** What this person chose for this phone: language and letter size, kept in local storage. */

/** @import {Lang} from "./wire.d.ts" */

import { read, write } from "./local.js";

const chosen = {
  lang: /** @type {Lang} */ (read("lang") === "en" ? "en" : "zh"),
  large: read("large") === "yes",
};

/** Puts the choices on the page: `lang` for screen readers and fonts, `data-size` for the style sheet. */
export function apply() {
  document.documentElement.lang = chosen.lang === "zh" ? "zh-CN" : "en";
  document.documentElement.dataset["size"] = chosen.large ? "large" : "usual";
}

/** @returns {Lang} */
export const lang = () => chosen.lang;

/** @returns {boolean} */
export const large = () => chosen.large;

/** Changes over to the other language. */
export function switchLang() {
  chosen.lang = chosen.lang === "zh" ? "en" : "zh";
  write("lang", chosen.lang);
  apply();
}

/** Changes between usual and large letters. */
export function switchSize() {
  chosen.large = !chosen.large;
  write("large", chosen.large ? "yes" : "no");
  apply();
}
