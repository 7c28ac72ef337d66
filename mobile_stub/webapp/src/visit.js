// @ts-check
/** Whom we met: a folded form on the check-in page, and how a visit reads afterwards. */

/** @import {Visit, VisitKind} from "./wire.d.ts" */

import { el } from "./dom.js";
import { written } from "./drafts.js";
import { facts, field, select } from "./parts.js";
import { dayShort } from "./times.js";
import { say } from "./words.js";

const KINDS = /** @type {VisitKind[]} */ (["outbound", "reception", "enterprise_help", "household"]);
const UNITS = ["万元", "亿元", "USD"];

/**
 * The folded form. It writes into the visit at every stroke.
 * @param {Visit} visit
 * @param {() => unknown} keep called after each change
 */
export function visitFields(visit, keep) {
  /** @param {"enterprise" | "contact" | "contact_post" | "topic" | "outcome" | "next_step" | "amount" | "next_on"} name @param {Record<string, string>} [traits] */
  const line = (name, traits = {}) => {
    const input = el("input", { name: `visit_${name}`, maxlength: 200, value: visit[name] ?? "", ...traits });
    input.addEventListener("input", () => {
      visit[name] = input.value;
      keep();
    });
    return input;
  };
  const kind = select("visit_kind", KINDS.map((one) => [one, say(`visit.${one}`)]), visit.kind);
  kind.addEventListener("change", () => {
    visit.kind = /** @type {VisitKind} */ (kind.value);
    keep();
  });
  const unit = select("visit_amount_unit", UNITS.map((one) => [one, say(`unit.${/** @type {"万元" | "亿元" | "USD"} */ (one)}`)]),
    visit.amount_unit || "万元");
  unit.setAttribute("aria-label", say("visit.amount_unit"));
  unit.addEventListener("change", () => {
    visit.amount_unit = unit.value;
    keep();
  });
  return el("details", { class: "card fold", open: written(visit) },
    el("summary", {}, say("visit.title"), el("small", {}, say("visit.optional"))),
    el("div", { class: "stack" },
      field(say("visit.kind"), kind),
      field(say("visit.enterprise"), line("enterprise", { maxlength: "120" })),
      el("div", { class: "pair" }, field(say("visit.contact"), line("contact", { maxlength: "64" })), field(say("visit.contact_post"), line("contact_post", { maxlength: "64" }))),
      field(say("visit.topic"), line("topic")),
      field(say("visit.outcome"), line("outcome", { maxlength: "1000" })),
      el("div", { class: "pair" },
        field(say("visit.amount"), line("amount", { inputmode: "decimal", pattern: "[0-9]+([.][0-9]+)?", maxlength: "16" })),
        field(say("visit.amount_unit"), unit)),
      el("div", { class: "pair" },
        field(say("visit.next_step"), line("next_step")), field(say("visit.next_on"), line("next_on", { type: "date" })))));
}

/** A visit as it reads on a record. @param {Visit} visit */
export function visitFacts(visit) {
  return facts([
    [say("visit.kind"), say(`visit.${visit.kind}`)],
    [say("visit.enterprise"), visit.enterprise],
    [say("visit.contact"), [visit.contact, visit.contact_post].filter(Boolean).join(" · ")],
    [say("visit.topic"), visit.topic],
    [say("visit.outcome"), visit.outcome],
    [say("visit.amount"), visit.amount && `${visit.amount} ${visit.amount_unit}`],
    [say("visit.next_step"), [visit.next_step, visit.next_on && dayShort(visit.next_on)].filter(Boolean).join(" · ")],
  ]);
}

/** A visit in one line. @param {Visit} visit */
export function visitLine(visit) {
  return [say(`visit.${visit.kind}`), visit.enterprise, visit.contact, visit.topic].filter(Boolean).join(" · ");
}
