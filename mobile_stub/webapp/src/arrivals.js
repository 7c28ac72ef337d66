// @ts-check
/** Stops that one's own track says one reached: asked about, and made check-ins only by a press; set aside for good by another. */

/** @import {Arrival} from "./wire.d.ts" */
/** @import {Duty} from "./trips.js" */

import * as api from "./api.js";
import { el, refill } from "./dom.js";
import { either } from "./failures.js";
import * as kept from "./kept.js";
import { button, para, section } from "./parts.js";
import * as queue from "./queue.js";
import { deliver } from "./sender.js";
import * as session from "./session.js";
import { clock } from "./times.js";
import { uuid } from "./uuid.js";
import { instead } from "./ways.js";
import { say } from "./words.js";

const PATIENCE_MS = 8_000;

/** Where it is kept which stops of a duty one did not arrive at. @param {number} trip_id */
const keyFor = async (trip_id) => `dismissed:${(await session.current())?.person.id ?? 0}:${trip_id}`;

/** @param {number} trip_id @returns {Promise<number[]>} the stops set aside */
const dismissed = async (trip_id) => (await kept.get(await keyFor(trip_id))) ?? [];

/**
 * The check-in that confirms an arrival: made now, its position of then by this phone's clock.
 * @param {Arrival} arrival
 * @param {number} ahead_ms by how much this phone's clock is ahead of the server's
 */
function checkinOf({ checkin }, ahead_ms) {
  return { ...checkin, id: uuid(), made_at: new Date().toISOString(), mock: false, note: "", consent: false, visit: null,
    fixed_at: new Date(Date.parse(checkin.fixed_at) + ahead_ms).toISOString() };
}

/** Makes the check-in. @param {Duty} trip @param {Arrival} arrival @param {number} ahead_ms */
async function confirm(trip, arrival, ahead_ms) {
  const item = checkinOf(arrival, ahead_ms);
  const number = await queue.addCheckin(item, trip.title, []);
  const sent = await deliver(number, PATIENCE_MS);
  instead(sent?.state === "kept" ? `#/record/${item.id}?new=1` : `#/deliveries?new=${number}`);
}

/** One arrival as a question. @param {Duty} trip @param {Arrival} arrival @param {number} ahead_ms @param {() => Promise<void>} draw */
function card(trip, arrival, ahead_ms, draw) {
  const { stop, arrived_at, left_at, verdict } = arrival;
  return el("article", { class: "card arrival" }, el("h3", {}, stop.name),
    para(say("arrival.stay", { from: clock(arrived_at), to: clock(left_at) })), el("p", { class: "small" }, either(verdict)),
    el("div", { class: "answers" },
      button(say("arrival.no"), async () => {
        await kept.put(await keyFor(trip.id), [...(await dismissed(trip.id)), stop.id]);
        await draw();
      }, { weight: "plain" }),
      button(say("arrival.yes"), () => confirm(trip, arrival, ahead_ms), { weight: "main", icon: "check" })));
}

/**
 * What the server proposes, and how far this phone's clock was ahead of its own then, however long the page is read
 * afterwards; without a network it is for another time.
 * @param {number} trip_id
 */
async function proposed(trip_id) {
  try {
    const { now, items } = await api.arrivals(trip_id);
    return { items, ahead_ms: Date.now() - Date.parse(now) };
  } catch (failure) {
    if (failure instanceof api.Lost || failure instanceof api.Refusal || failure instanceof api.SignedOut) return null;
    throw failure;
  }
}

/** The questions about a duty under way, put on the page once they are known. @param {Duty} trip */
export function arrivals(trip) {
  const node = el("div", { class: "stack", role: "status" });
  const draw = async () => {
    const found = await proposed(trip.id);
    const aside = await dismissed(trip.id);
    const open = found?.items.filter(({ stop }) => !aside.includes(stop.id)) ?? [];
    refill(node, found && open.length > 0
      && section(say("arrival.title"), para(say("arrival.lead")), ...open.map((one) => card(trip, one, found.ahead_ms, draw))));
  };
  if (trip.tracking === "track") draw();
  return node;
}
