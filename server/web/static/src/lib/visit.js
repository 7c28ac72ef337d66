/**
 * Whom they met and what came of it, in a line or two.
 * @import {Checkin, Supplement, Visit} from "../wire"
 */
import { t } from "./desk.js";
import { el } from "./dom.js";
import { blank } from "./states.js";
import { shortly } from "./time.js";
import { word } from "./words.js";

/**
 * Whom a check-in tells of: as told with it, and what was added since, with its time.
 * @param {Checkin} checkin
 * @returns {(HTMLElement | null)[]}
 */
export function metLines({ visit, supplement }) {
  return [visitLines(visit), supplement && addedLines(supplement)];
}

/** @param {Supplement} added @returns {HTMLElement} */
function addedLines(added) {
  const who = [added.contact, added.contact_post].filter(Boolean).join(" ");
  return el(
    "div.added",
    {},
    el("span.tag", {}, t("补记")),
    el("span.faint.small", {}, ` ${shortly(added.at)}`),
    added.enterprise ? el("b", {}, ` ${added.enterprise}`) : null,
    who ? el("span.under", {}, who) : null,
    added.outcome ? el("span.written", {}, added.outcome) : null,
    added.next_step ? el("span.under", {}, t("下一步：{next}", { next: added.next_step })) : null,
  );
}

/**
 * @param {Visit | null} visit
 * @returns {HTMLElement | null}
 */
function visitLines(visit) {
  if (!visit) return null;
  const who = [visit.contact, visit.contact_post].filter(Boolean).join(" ");
  const what = [visit.topic, visit.outcome].filter(Boolean).join(t("；"));
  const next = [visit.next_on, visit.next_step].filter(Boolean).join(" ");
  return el(
    "div",
    {},
    el("b", {}, visit.enterprise || word("visit", visit.kind)),
    visit.enterprise
      ? el("span.under", {}, [word("visit", visit.kind), who].filter(Boolean).join(" · "))
      : who && el("span.under", {}, who),
    what ? el("div", {}, what) : null,
    visit.amount
      ? el("span.under", {}, t("意向金额 {amount} {unit}", { amount: visit.amount, unit: visit.amount_unit || "" }))
      : null,
    next ? el("span.under", {}, t("下一步：{next}", { next })) : null,
  );
}

/**
 * Whom a trip met and what came of it, by time.
 * @param {Checkin[]} checkins
 * @returns {HTMLElement}
 */
export function visitList(checkins) {
  const met = checkins.filter((checkin) => checkin.met);
  if (!met.length) return blank(t("没有会见记录"), t("签到时填写的会见对象与成果会列在这里。"));
  return el(
    "ul.met",
    {},
    met.map((checkin) =>
      el(
        "li",
        {},
        metLines(checkin),
        el(
          "span.under",
          {},
          [shortly(checkin.happened_at), checkin.person.name, checkin.stop?.name].filter(Boolean).join(" · "),
        ),
      ),
    ),
  );
}
