// @ts-check
/** The page of what is on its way to the server, item by item, and the line on other pages that leads there. */

/** @import {Item} from "./queue.js" */
/** @import {View, Way} from "./ways.js" */

import { el, refill } from "./dom.js";
import * as drafts from "./drafts.js";
import { either, fieldWords, problemWords } from "./failures.js";
import { icon } from "./icons.js";
import * as kept from "./kept.js";
import { button, confirmed, empty, notice, para, section, verdictBadge } from "./parts.js";
import * as queue from "./queue.js";
import * as savings from "./savings.js";
import { bytes, room } from "./room.js";
import { progress, send, sending } from "./sender.js";
import { dayOf, clock, span, stamp, today } from "./times.js";
import { again, go } from "./ways.js";
import { say } from "./words.js";

/** @typedef {Item["state"] | "sending"} Shown */

const MARKS = /** @type {const} */ ({ waiting: "clock", sending: "up", kept: "check", refused: "cross", conflict: "fork" });

/** Its state as a badge: a drawing and a word. @param {Shown} state */
function badge(state) {
  return el("span", { class: `badge delivery-${state}` }, icon(MARKS[state]), say(`delivery.${state}`));
}

/** What was done, in words. @param {Item} item */
const deed = (item) => (item.kind === "photo" ? say("photo.nth", { n: item.told.number }) : item.kind === "checkin" ? say("delivery.checkin", { kind: say(`kind.${/** @type {"arrive"} */ (item.told.kind)}`) })
  : say(`delivery.${item.kind}`));

/** Where a report is written again. @param {{patrol_id?: number | null}} told */
const reportWay = ({ patrol_id }) => (patrol_id ? `#/report?patrol=${patrol_id}` : "#/report");

/** Makes a refused check-in, report or plan a draft again, to be corrected and sent under a new id. @param {Item} item */
async function correct(item) {
  if (item.kind === "plan") await kept.put(await drafts.planKey(null), item.told.draft);
  else {
    const photos = (await queue.photosOf(item.id)).map(({ id }) => id);
    if (item.kind === "matter") await kept.put(await drafts.reportKey(item.told.patrol_id), { ...item.told, photos });
    else await drafts.put(drafts.from(item.told, photos));
  }
  await queue.drop(item, true);
  go(item.kind === "plan" ? "#/plan" : item.kind === "matter" ? reportWay(item.told) : `#/checkin?trip=${item.told.trip_id ?? "none"}`);
}

/** Goes on writing what was not taken. @param {Item} item */
async function rewrite(item) {
  go(await savings.correct(item));
}

/** Lets a refused step be tried once more. @param {Item} item */
async function retry(item) {
  await queue.change(item.number, { state: "waiting", retry_at: 0, problem: null });
  await send(true);
}

/** Throws one away, after asking. @param {Item} item */
async function discard(item) {
  const sure = await confirmed({ title: say("delivery.discard_title", { deed: deed(item) }), text: say("delivery.discard_text"),
    yes: say("delivery.discard"), danger: true });
  if (sure) await queue.drop(item);
}

/** When it is tried again, and what the server said last. @param {Item} item */
function waitWords(item) {
  if (!item.tries) return say("delivery.waiting_text");
  const soon = span(Math.max(1, (item.retry_at - Date.now()) / 1000));
  const next = item.retry_at > Date.now() ? say("delivery.again_in", { tries: item.tries, soon }) : say("delivery.again_now", { tries: item.tries });
  return item.problem ? `${problemWords(item.problem)} ${next}` : next;
}

/** What one may do with an item that the server did not take. @param {Item} item */
function answers(item) {
  return el("div", { class: "answers" },
    button(say("delivery.discard"), () => discard(item), { weight: "plain" }),
    item.kind === "checkin" || item.kind === "matter" || item.kind === "plan" || item.kind === "log"
      ? button(say("delivery.correct"), () => (item.kind === "log" ? rewrite(item) : correct(item)), { weight: "main" })
      : button(say("again"), () => retry(item), { weight: "main" }));
}

/** How things stand with an item. @param {Item} item @param {Shown} state @returns {(Node | false | null)[]} */
function standing(item, state) {
  if (item.problem && (state === "refused" || state === "conflict")) {
    return [notice("bad", problemWords(item.problem), ...fieldWords(item.problem).map(para),
      state === "conflict" && item.kind === "checkin" && para(say("delivery.conflict_text"))), answers(item)];
  }
  if (state === "waiting") return [el("p", { class: "small" }, waitWords(item)), button(say("delivery.discard"), () => discard(item), { weight: "plain" })];
  if (state === "kept" && item.trip_id) return [el("a", { class: "verdict-link", href: `#/trip/${item.trip_id}` }, el("small", {}, say("delivery.look")), icon("next"))];
  if (state !== "kept" || !item.record) return [];
  return [el("a", { class: "verdict-link", href: `#/record/${item.record.id}` }, verdictBadge(item.record.outcome),
    el("small", {}, either(item.record)), icon("next"))];
}

/** Day and clock time; the day only when it is not today. @param {string} at */
const when = (at) => (dayOf(at) === today() ? clock(at) : stamp(at));

/** A photo as a slim line, with how far it has come. @param {Item} item @param {Shown} state */
function photoLine(item, state) {
  const part = state === "sending" ? Math.round((100 * progress()) / item.told.size) : 0;
  return el("div", { class: "card delivery-photo", "data-number": item.number }, icon("album"),
    el("span", {}, `${deed(item)} · ${when(item.at)}`), badge(state),
    state === "sending" && el("progress", { max: 100, value: part, "aria-label": say("photo.progress", { n: part }) }),
    state === "waiting" && item.problem && el("p", { class: "small" }, waitWords(item)));
}

/** What was written, in short. @param {Item} item */
const quoted = ({ kind, told }) => (kind === "log" ? [told.body.remark, told.body.outcome, told.body.plan].find(Boolean) : told.note ?? told.text);

/** One item as a card. @param {Item} item */
function card(item) {
  const state = sending() === item.number ? "sending" : item.state;
  if (item.kind === "photo" && !(item.problem && ["refused", "conflict"].includes(state))) return photoLine(item, state);
  return el("article", { class: "card delivery", "data-number": item.number },
    el("div", { class: "delivery-head" }, el("h2", {}, `${deed(item)} · ${when(item.at)}`), badge(state)),
    el("p", { class: "small" }, item.title || say("checkin.adhoc")),
    quoted(item) && el("p", { class: "quote clip" }, quoted(item)),
    ...standing(item, state));
}

/** What of the queue is on its way, and what has arrived of late. @param {Item[]} items */
function groups(items) {
  const open = items.filter(({ state }) => state !== "kept");
  const done = items.filter(({ state }) => state === "kept").reverse();
  return [
    open.length > 0 ? section(say("delivery.open", { n: open.length }), ...open.map(card)) : empty(say("delivery.none"), say("delivery.none_text")),
    done.length > 0 && section(say("delivery.done"), ...done.map(card)),
  ];
}

/** A word on what of others waits here. @param {number} count */
const foreignNotice = (count) => count > 0 && notice("note", say("delivery.foreign", { n: count }), para(say("delivery.foreign_text")));

/** Says that the phone is nearly full; nothing while it is not. @param {boolean} [now] tried out afresh */
export async function roomNotice(now) {
  const found = await room(now);
  if (!found.low) return null;
  return notice("warn", say("room.low"), para(say("room.low_text", { free: bytes(found.free ?? 0) })));
}

/** The page of deliveries; after a check-in that could not be sent at once, with a word on that. @param {Way} way @returns {Promise<View>} */
export async function page(way) {
  const list = el("div", { class: "stack", "aria-live": "polite" });
  const dock = button(say("delivery.now"), () => send(true), { weight: "main", icon: "up" });
  let drawn = "";
  const draw = async () => {
    const items = await queue.mine();
    const now = JSON.stringify([items, sending(), progress()]);
    if (now === drawn) return;
    drawn = now;
    refill(list, ...groups(items));
    dock.hidden = !items.some(({ state }) => state === "waiting");
  };
  await draw();
  const fresh = await queue.one(Number(way.params.get("new")));
  const body = [fresh?.state === "waiting" && notice("good", say("delivery.safe"), para(say("delivery.safe_text"))),
    await roomNotice(), list, foreignNotice(await queue.foreign())];
  return { title: say("delivery.title"), back: "#/", tab: "duties", body: body.filter((node) => node instanceof Node), dock,
    leave: queue.listen(draw) };
}

/** A line for other pages that says how many are on their way, and how many wait for the person; null when none do. */
export async function line() {
  const open = await queue.unsent();
  const stuck = open.filter(({ state }) => state !== "waiting").length;
  if (!open.length) return null;
  const words = stuck ? say("delivery.stuck_count", { n: stuck }) : say("delivery.count", { n: open.length });
  return el("a", { class: `card line ${stuck ? "stuck" : ""}`, href: "#/deliveries" }, icon(stuck ? "cross" : "clock"), el("span", {}, words), icon("next"));
}

/** The same line, kept up to date. @returns {Promise<{node: HTMLElement, leave: () => void}>} */
export async function liveLine() {
  const node = el("div", { role: "status" });
  const draw = async () => refill(node, await line());
  await draw();
  return { node, leave: queue.listen(draw) };
}

/** Draws the present page anew once a start or an end of this duty has arrived. @param {number | null} trip_id @returns {() => void} ends it */
export function onArrival(trip_id) {
  let before = "";
  const look = async () => {
    const step = trip_id === null ? undefined : (await queue.steps()).get(trip_id);
    if (before && !step) again();
    before = step ?? "";
  };
  look();
  return queue.listen(look);
}
