// @ts-check
/** Puts failures into words of the chosen language: a server's problem, a lost network, our own mistake. */

/** @import {Pair, Problem} from "./wire.d.ts" */
/** @import {Key} from "./words.js" */

import { Lost, Refusal, SignedOut } from "./api.js";
import { lang } from "./choices.js";
import { el } from "./dom.js";
import { full, Outdated } from "./kept.js";
import { NoPosition } from "./position.js";
import { instead } from "./ways.js";
import { say, words } from "./words.js";

/** A sentence the server gives in both languages. @param {Pair} pair */
export const either = (pair) => (lang() === "zh" ? pair.zh : pair.en) || pair.zh || pair.en;

/** A problem's sentence. @param {Problem} problem */
export function problemWords(problem) {
  return either({ zh: problem.title, en: problem.title_en }) || say("failure.status", { status: problem.status });
}

/** What a field is called on our pages; by its path when it is on none. @param {string} path */
function fieldName(path) {
  const key = [path, `checkin.${path}`, `plan.${path}`, `trip.${path}`].find((one) => Object.hasOwn(words, one));
  return key ? say(/** @type {Key} */ (key)) : path;
}

/** What a problem says of single fields, one line each. @param {Problem} problem */
export function fieldWords(problem) {
  return Object.entries(problem.fields ?? {}).map(([path, pairs]) => say("failure.field", { field: fieldName(path), words: pairs.map(either).join(" ") }));
}

/**
 * A failure's sentence and its further lines.
 * @param {unknown} failure
 * @returns {{title: string, lines: string[]}}
 */
function wordsOf(failure) {
  if (failure instanceof Lost) {
    return { title: failure.problem ? problemWords(failure.problem) : say("failure.lost"), lines: [say("failure.lost_text")] };
  }
  if (failure instanceof Refusal) return { title: problemWords(failure.problem), lines: fieldWords(failure.problem) };
  if (failure instanceof NoPosition) return { title: say(`trouble.${failure.trouble}`), lines: say(`help.${failure.trouble}`).split("\n") };
  if (full(failure)) return { title: say("room.full"), lines: [say("room.full_text")] };
  if (failure instanceof Outdated) return { title: say("release.older"), lines: [say("release.older_text")] };
  return { title: say("failure.own"), lines: [String(failure)] };
}

/**
 * A box that tells what went wrong; a session that is over leads to the sign-in page instead, a password
 * that must be replaced to the page that does it.
 * @param {unknown} failure
 * @param {...Node} children what can be done about it
 */
export function failureBox(failure, ...children) {
  if (failure instanceof SignedOut) instead("#/signin?ended=1");
  if (failure instanceof Refusal && failure.problem.code === "password_must_change") instead("#/password");
  const { title, lines } = wordsOf(failure);
  return el("div", { class: "notice bad failure", role: "alert" },
    el("span", { class: "mark", "aria-hidden": "true" }, "×"),
    el("div", {}, el("p", { class: "notice-title" }, title), ...lines.map((line) => el("p", {}, line)), ...children));
}
