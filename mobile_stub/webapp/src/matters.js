// @ts-check
/** Complaints and suggestions: a form in reach of every page, and what one said before. */

/** @import {Matter} from "./wire.d.ts" */
/** @import {View, Way} from "./ways.js" */

import * as api from "./api.js";
import { el } from "./dom.js";
import { keeper } from "./keeping.js";
import * as kept from "./kept.js";
import { chips, empty, field, form, notice, paged, para, section } from "./parts.js";
import * as session from "./session.js";
import { stamp } from "./times.js";
import { instead } from "./ways.js";
import { say } from "./words.js";

/** @typedef {{kind: "complaint" | "suggestion", text: string}} Draft */

/** @param {Matter} matter */
function item(matter) {
  return el("li", { class: "card matter" }, el("strong", {}, say(`matters.${matter.kind}`)),
    el("small", {}, stamp(matter.reported_at)), el("p", { class: "quote" }, matter.text),
    ...(matter.answers.length ? matter.answers.map(answer) : [el("small", {}, standing(matter))]));
}

/** How it stands with one that has no answer yet: what must be solved goes from step to step. @param {Matter} matter */
const standing = ({ kind, state }) => (kind === "complaint" || kind === "suggestion" ? say("matters.unanswered") : say(`matters.${state}`));

/** @param {Matter["answers"][number]} answer */
function answer({ by, text, at }) {
  return el("div", { class: "review accept" }, el("strong", {}, say("review.answer", { name: by.name })), el("small", {}, stamp(at)), para(text));
}

/** What one said before. */
async function before() {
  const first = await api.matters();
  return first.items.length
    ? paged(first, api.matters, (items) => [el("ul", { class: "stack plain" }, ...items.map(item))])
    : empty(say("matters.none"));
}

/** The form; what is typed is kept until it has arrived. @param {string} page the page it is about @param {string} key @param {Draft} draft */
function writing(page, key, draft) {
  const { node: space, keep } = keeper(() => kept.put(key, draft));
  const text = el("textarea", { name: "text", rows: 6, maxlength: 4000, required: true, placeholder: say("matters.hint") }, draft.text);
  text.addEventListener("input", () => {
    draft.text = text.value;
    return keep();
  });
  return form(async () => {
    await api.sendMatter(draft.kind, text.value.trim(), page);
    await kept.drop(key);
    instead("#/matters?done=1");
  }, say("matters.do"),
  chips("kind", say("matters.kind"), [["suggestion", say("matters.suggestion")], ["complaint", say("matters.complaint")]],
    draft.kind, (kind) => {
      draft.kind = /** @type {Draft["kind"]} */ (kind);
      return keep();
    }),
  field(say("matters.text"), text, say("matters.rule")), space);
}

/** The page to complain or suggest. @param {Way} way @returns {Promise<View>} */
export async function page(way) {
  const tokens = await session.current();
  const frame = { title: say("matters.title"), back: tokens ? "#/" : "#/signin" };
  if (!tokens) return { ...frame, bare: true, body: [notice("note", say("matters.signed_out"), para(say("matters.signed_out_text")))] };
  const key = `draft:${tokens.person.id}:matter`;
  const draft = /** @type {Draft} */ ((await kept.get(key)) ?? { kind: "suggestion", text: "" });
  const form = writing(way.params.get("page") ?? "", key, draft);
  const body = [way.params.has("reported") && notice("good", say("report.done"), para(say("report.done_text"))), way.params.has("done") && notice("good", say("matters.done"), para(say("matters.done_text"))), form,
    section(say("matters.before"), await before())];
  return { ...frame, tab: "me", body: body.filter((node) => node instanceof Node) };
}
