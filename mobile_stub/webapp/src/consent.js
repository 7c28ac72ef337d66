// @ts-check
/** A person's own consent to the use of their position, asked for each duty apart. */

/** @import {Consent, ConsentWords, Level} from "./wire.d.ts" */
/** @import {View, Way} from "./ways.js" */

import * as api from "./api.js";
import { el } from "./dom.js";
import { eraser } from "./erasing.js";
import { either } from "./failures.js";
import { button, chips, confirmed, notice, para, section } from "./parts.js";
import * as session from "./session.js";
import { stamp } from "./times.js";
import * as tracker from "./tracker.js";
import { latest, levelOf } from "./trips.js";
import { again, go } from "./ways.js";
import { say } from "./words.js";

/** Where one's consent stands, in a line. @param {Consent | null} consent */
function standing(consent) {
  if (!consent) return notice("note", say("consent.none"), para(say("consent.none_text")));
  const { level, given_at, withdrawn_at } = consent;
  return withdrawn_at === null
    ? notice("good", say(`consent.given_${level}`), para(say("consent.given_at", { at: stamp(given_at) })))
    : notice("note", say("consent.withdrawn"), para(say("consent.withdrawn_at", { at: stamp(withdrawn_at) })));
}

/** Withdraws, after asking. @param {number} trip_id */
async function withdraw(trip_id) {
  const sure = await confirmed({ title: say("consent.withdraw_title"), text: say("consent.withdraw_text"),
    yes: say("consent.withdraw"), danger: true });
  if (!sure) return;
  await api.withdrawConsent(trip_id);
  await tracker.withdrawn(trip_id);
  again();
}

/** The words to read, one paragraph a line. @param {ConsentWords} words */
function reading(words) {
  const lines = either({ zh: words.words_zh, en: words.words_en }).split(/\n+/).filter(Boolean);
  return el("div", { class: "card reading" }, ...lines.map(para));
}

/**
 * The consent page of one duty.
 * @param {Way} way
 * @returns {Promise<View>}
 */
export async function page(way) {
  const id = Number(way.id);
  const [trip, words] = await Promise.all([api.trip(id), api.consent(id)]);
  const person = (await session.current())?.person.id ?? 0;
  const back = `#/trip/${id}`;
  const title = say("consent.title");
  if (trip.tracking === "none") {
    return { title, back, tab: "duties", body: [notice("good", say("consent.not_needed"), para(say("consent.not_needed_text")))] };
  }
  const given = levelOf(trip, person);
  /** @type {Level} */
  let level = given ?? "checkins";
  const levels = /** @type {[string, string][]} */ (["checkins", "track"].map((one) =>
    [one, say(`level.${/** @type {Level} */ (one)}`)]));
  const agree = button(given ? say("consent.change") : say("consent.give"), async () => {
    await api.giveConsent(id, level);
    go(back);
  }, { weight: "main", icon: "check" });
  return { title, back, tab: "duties", body: [
    el("p", { class: "over" }, trip.title),
    standing(latest(trip, person)), reading(words),
    trip.tracking === "track" && chips("level", say("consent.choose"), levels, level, (value) => {
      level = /** @type {Level} */ (value);
    }),
    given && section("", button(say("consent.withdraw"), () => withdraw(id), { weight: "danger" })),
    trip.tracking === "track" && trip.started_at && eraser(id),
  ].filter((node) => node instanceof Node), ...(given && trip.tracking !== "track" ? {} : { dock: agree }) };
}
