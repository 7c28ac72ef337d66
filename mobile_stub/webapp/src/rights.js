// @ts-check
/** My rights, in one place: what I consented to, who looked, a copy of all that is held, erasing, complaining. */

/** @import {Trip} from "./wire.d.ts" */
/** @import {View} from "./ways.js" */

import * as api from "./api.js";
import { el, refill } from "./dom.js";
import { hand } from "./handing.js";
import { button, empty, notice, oldNotice, paged, para, row, section } from "./parts.js";
import { today } from "./times.js";
import { latest, levelOf, mine, person } from "./trips.js";
import { say } from "./words.js";

/** The button that takes all that is held about me. */
function copying() {
  const told = el("div", { role: "status" });
  return section(say("copy.title"), para(say("copy.text")), told, button(say("copy.do"), async () => {
    refill(told, para(say("copy.busy")));
    try {
      hand(await api.copy(), `guatu-${today()}.zip`);
      refill(told, notice("good", say("copy.done"), para(say("copy.done_text"))));
    } catch (failure) {
      refill(told);
      throw failure;
    }
  }, { icon: "down" }));
}

/** How my consent on a duty stands, leading to where it is given, withdrawn and its track erased. @param {Trip} trip @param {number} me */
function consentRow(trip, me) {
  const level = levelOf(trip, me);
  return row("shield", trip.title, `#/consent/${trip.id}`, level ? say(`consent.line_${level}`) : say("consent.withdrawn"));
}

/** The duties I was ever asked about and said yes. @param {Trip[]} trips @param {number} me */
function consents(trips, me) {
  const asked = trips.filter((trip) => latest(trip, me));
  return asked.length ? [el("div", { class: "rows" }, ...asked.map((trip) => consentRow(trip, me)))] : [empty(say("rights.no_consents"))];
}

/** The page. @returns {Promise<View>} */
export async function page() {
  const [me, { value, since }] = await Promise.all([person(), mine()]);
  return { title: say("rights.title"), back: "#/me", tab: "me", body: [
    oldNotice(since),
    para(say("rights.lead")),
    el("div", { class: "rows" }, row("eye", say("looks.title"), "#/looks", say("looks.row")),
      row("speak", say("matters.title"), "#/matters", say("rights.matters"))),
    section(say("rights.consents"), para(say("rights.consents_text")), paged(value, api.trips, (trips) => consents(trips, me.id))),
    copying(),
  ].filter((node) => node instanceof Node) };
}
