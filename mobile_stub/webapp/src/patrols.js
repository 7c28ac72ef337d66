// @ts-check
/** Patrols: the checkpoints of one and what is left, those one's unit may take, and the way to report what was found. */

/** @import {Item} from "./queue.js" */
/** @import {Duty} from "./trips.js" */
/** @import {Patrol, Stop} from "./wire.d.ts" */

import * as api from "./api.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { button, para, row, section, stateBadge } from "./parts.js";
import * as queue from "./queue.js";
import { remembered } from "./remember.js";
import { clock, dayOf, days, stamp, today } from "./times.js";
import { again } from "./ways.js";
import { say } from "./words.js";

/** How a duty stands: a patrol is due without anybody's approval, and says what came of the walk. @param {Duty} trip */
export function badge({ state, patrol }) {
  if (patrol && state === "approved") return patrol.state === "missed" ? stateBadge("returned", say("patrol.missed")) : stateBadge(state, say("patrol.due"));
  if (patrol?.state === "partly_done" && state === "completed") return stateBadge("returned", say("patrol.partly_done"));
  return stateBadge(state);
}

/** When a duty is to be done: of a patrol its window. @param {Duty} trip */
export function when({ patrol, starts_on, ends_on }) {
  return patrol ? windowOf(patrol) : days(starts_on, ends_on);
}

/** The window of a patrol. @param {{opens_at: string, closes_at: string}} patrol */
function windowOf({ opens_at, closes_at }) {
  return `${stamp(opens_at)} – ${dayOf(opens_at) === dayOf(closes_at) ? clock(closes_at) : stamp(closes_at)}`;
}

/** So many that may be taken stand open, those of today first; more are folded. */
const FEW = 3;

/** What the server makes of a patrol, or made when it was last asked. @param {number} id @returns {Promise<Patrol>} */
export const one = async (id) => (await remembered(`patrol:${id}`, () => api.patrol(id))).value;

/** What became of a checkpoint; `visited` in ms, Infinity where nobody was. @typedef {{done: boolean, words: string, at: string | null, visited: number}} Became */

/**
 * What a checkpoint is, by the server, or by what was done on this phone since: that counts from `after` on, in ms.
 * @param {Stop} stop @param {Patrol["points"]} points @param {Item[]} made @param {number} after @returns {Became}
 */
function stateOf(stop, points, made, after) {
  const { state = "open", at = null } = points.find(({ id }) => id === stop.id) ?? {};
  const told = { words: state === "open" ? "" : say(`point.${state}`), at };
  if (state === "reached" || state === "told") return { done: true, ...told, visited: Date.parse(at ?? "") || -Infinity };
  const early = state === "out_of_order";
  const mine = made.filter((one) => one.told.stop_id === stop.id && one.record?.outcome !== "outside" && !(early && one.state === "kept"));
  const timely = mine.find((one) => Date.parse(one.at) >= after);
  if (timely) return { done: true, words: mineWords(timely), at: timely.at, visited: Date.parse(timely.at) };
  if (mine[0]) return { done: false, words: say("point.out_of_order"), at: mine[0].at, visited: -Infinity };
  return { done: false, ...told, visited: early ? -Infinity : Infinity };
}

/** What a check-in of this phone counts as. @param {Item} mine */
function mineWords({ state, record }) {
  if (state !== "kept") return say("point.waiting");
  return say(record?.outcome === "inside" ? "point.reached" : "point.told");
}

/** What became of each checkpoint; in a strict order, one counts only after all before it were visited. @param {Duty} trip @param {Patrol} patrol @param {Item[]} made */
function became(trip, patrol, made) {
  let after = -Infinity;
  return (trip.stops ?? []).map((stop) => {
    const one = stateOf(stop, patrol.points, made, after);
    if (patrol.in_order) after = Math.max(after, one.visited);
    return { stop, ...one };
  });
}

/** How much of the route was walked; what cannot be measured is not missed. @param {Patrol} patrol */
function walked({ route, share, started_at }) {
  if (!route.length || !started_at) return false;
  return para(share === null ? say("patrol.share_unknown") : say("patrol.share", { n: Math.floor(share * 100) }));
}

/** The checkpoints in their order, each with its state and, while under way, the way to check in there. @param {Duty} trip */
export async function checkpoints(trip) {
  const patrol = await one(Number(trip.patrol_id));
  const mine = (await queue.mine()).filter(({ kind, state }) => kind === "checkin" && (state === "kept" || state === "waiting"));
  const found = became(trip, patrol, mine);
  const left = found.filter(({ done }) => !done).length;
  const next = patrol.in_order && trip.state === "under_way" ? found.find(({ done }) => !done) : undefined;
  const items = found.map(({ stop, done, words, at }) => el("li", { class: done ? "done" : "" }, el("strong", {}, stop.name),
    (words || at) && el("small", {}, done && icon("check"), [words, at && stamp(at)].filter(Boolean).join(" ")),
    !done && next && next.stop !== stop && el("small", {}, say("point.first", { name: next.stop.name })),
    !done && trip.state === "under_way" && el("a", { class: "button quiet", href: `#/checkin?trip=${trip.id}&stop=${stop.id}` }, say("point.do"))));
  return section(say(left ? "patrol.left" : "patrol.all", { n: left, all: found.length }),
    patrol.in_order && para(say("patrol.in_order")), walked(patrol), el("ol", { class: "stops" }, ...items));
}

/** The way to report what was found, while on a patrol or after it. @param {Duty} trip */
export const finding = (trip) => (trip.state === "under_way" || trip.state === "completed")
  && row("edit", say("finding.do"), `#/report?patrol=${trip.patrol_id}`, say("finding.hint"));

/** The patrols that are due, one's own and those of one's unit; none without a network: who takes one must reach the server. */
async function due() {
  try {
    return (await api.patrols()).items;
  } catch (failure) {
    if (failure instanceof api.Lost) return [];
    throw failure;
  }
}

/** The patrols of one's unit that nobody has taken. */
export async function free() {
  const items = await due();
  const open = items.filter(({ walkers }) => !walkers.length).sort((one, other) => one.opens_at.localeCompare(other.opens_at));
  const soon = open.length <= FEW ? open : open.filter(({ opens_at }) => dayOf(opens_at) <= today()).slice(0, FEW);
  const rest = open.filter((each) => !soon.includes(each));
  return el("div", { class: "stack" }, soon.length > 0 && section(say("patrol.free"), ...soon.map(toTake)),
    rest.length > 0 && el("details", { class: "card fold" }, el("summary", {}, say(soon.length ? "patrol.free_more" : "patrol.free_many", { n: rest.length })), ...rest.map(toTake)));
}

/** One that may be taken: which, where, when. @param {Patrol} patrol */
function toTake(patrol) {
  return el("article", { class: "card trip" },
    el("span", { class: "trip-words" }, el("strong", {}, patrol.title), el("small", {}, [(patrol.area ?? patrol.unit).name, windowOf(patrol)].join(" · "))),
    button(say("patrol.take"), async () => {
      await api.takePatrol(patrol.id);
      again();
    }));
}
