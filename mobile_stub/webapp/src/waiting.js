// @ts-check
/** The page of check-ins that wait to be delivered, and the line on other pages that leads there. */

/** @import {CheckinIn} from "./wire.d.ts" */
/** @import {Unsent} from "./unsent.js" */
/** @import {View} from "./ways.js" */

import { deliver } from "./deliver.js";
import { el } from "./dom.js";
import * as drafts from "./drafts.js";
import { fieldWords, problemWords } from "./failures.js";
import { button, confirmed, empty, notice, para } from "./parts.js";
import { stamp } from "./times.js";
import { drop, mine } from "./unsent.js";
import { again, go } from "./ways.js";
import { say } from "./words.js";

/** Sends one again and shows what came of it. @param {CheckinIn} item */
async function resend(item) {
  const delivery = await deliver(item);
  if (delivery.state === "kept") go(`#/record/${item.id}?new=1`);
  else again();
}

/** Makes a refused check-in a draft again, to be corrected and sent under a new id. @param {CheckinIn} item */
async function correct(item) {
  await drafts.put(drafts.from(item));
  await drop(item.id);
  go(`#/checkin?trip=${item.trip_id ?? "none"}`);
}

/** Throws one away, after asking. @param {CheckinIn} item */
async function discard(item) {
  const sure = await confirmed({ title: say("waiting.discard_title"), text: say("waiting.discard_text"),
    yes: say("waiting.discard"), danger: true });
  if (!sure) return;
  await drop(item.id);
  again();
}

/** One of them as a card. @param {Unsent} entry */
function card({ item, problem }) {
  const state = problem
    ? notice("bad", problemWords(problem), ...fieldWords(problem).map(para))
    : notice("warn", say("waiting.lost"), para(say("waiting.lost_text")));
  return el("article", { class: "card" },
    el("h2", {}, `${say(`kind.${item.kind}`)} · ${stamp(item.made_at)}`),
    item.note && el("p", { class: "quote" }, item.note),
    state,
    problem ? button(say("waiting.correct"), () => correct(item), { weight: "main" })
      : button(say("waiting.again"), () => resend(item), { weight: "main" }),
    button(say("waiting.discard"), () => discard(item), { weight: "plain" }));
}

/** The page of check-ins waiting to be delivered. @returns {Promise<View>} */
export async function page() {
  const waiting = await mine();
  const body = waiting.length ? waiting.map(card) : [empty(say("waiting.none"))];
  return { title: say("waiting.title"), back: "#/", tab: "duties", body };
}

/** A line for other pages that says how many are waiting; null when none are. */
export async function line() {
  const count = (await mine()).length;
  if (!count) return null;
  return notice("warn", say("waiting.count", { n: count }), el("a", { class: "button quiet", href: "#/unsent" }, say("waiting.look")));
}
