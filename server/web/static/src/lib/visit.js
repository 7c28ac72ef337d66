/**
 * Whom they met and what came of it, in a line or two.
 * @import {Visit} from "../wire"
 */
import { t } from "./desk.js";
import { el } from "./dom.js";
import { word } from "./words.js";

/**
 * @param {Visit | null} visit
 * @returns {HTMLElement | null}
 */
export function visitLines(visit) {
  if (!visit) return null;
  const who = [visit.contact, visit.contact_post].filter(Boolean).join(" ");
  const what = [visit.topic, visit.outcome].filter(Boolean).join("；");
  const next = [visit.next_on, visit.next_step].filter(Boolean).join(" ");
  return el(
    "div",
    {},
    el("b", {}, visit.enterprise || word("visit", visit.kind)),
    visit.enterprise
      ? el("span.under", {}, [word("visit", visit.kind), who].filter(Boolean).join(" · "))
      : who && el("span.under", {}, who),
    what ? el("span", {}, what) : null,
    visit.amount
      ? el("span.under", {}, t("意向金额 {amount} {unit}", { amount: visit.amount, unit: visit.amount_unit || "" }))
      : null,
    next ? el("span.under", {}, t("下一步：{next}", { next })) : null,
  );
}
