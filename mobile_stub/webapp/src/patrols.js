// @ts-check
/** Patrols: the checkpoints of one and what is left, those one's unit may take, and what was found on the way. */

/** @import {Item} from "./queue.js" */
/** @import {Duty} from "./trips.js" */
/** @import {Patrol, Stop} from "./wire.d.ts" */
/** @import {View, Way} from "./ways.js" */

import * as api from "./api.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { button, field, form, notice, para, row, section, select } from "./parts.js";
import * as queue from "./queue.js";
import { remembered } from "./remember.js";
import { stamp } from "./times.js";
import { uuid } from "./uuid.js";
import { again, instead } from "./ways.js";
import { say } from "./words.js";

/** What the server makes of a patrol, or made when it was last asked. @param {number} id @returns {Promise<Patrol>} */
export const one = async (id) => (await remembered(`patrol:${id}`, () => api.patrol(id))).value;

/** What a checkpoint is, by the server, or by what was done on this phone since. @param {Stop} stop @param {Patrol["points"]} points @param {Item[]} done */
function stateOf(stop, points, done) {
  const { state = "open", at = null } = points.find(({ id }) => id === stop.id) ?? {};
  const mine = done.find(({ told, record }) => told.stop_id === stop.id && record?.outcome !== "outside");
  if (state === "reached" || state === "told") return { done: true, words: say(`point.${state}`), at };
  if (!mine) return { done: false, words: state === "open" ? "" : say(`point.${state}`), at };
  const known = mine.record?.outcome === "inside" ? "reached" : "told";
  return { done: true, words: say(mine.state === "kept" ? `point.${known}` : "point.waiting"), at: mine.at };
}

/** The checkpoints in their order, each with its state and, while under way, the way to check in there. @param {Duty} trip */
export async function checkpoints(trip) {
  const patrol = await one(Number(trip.patrol_id));
  const mine = (await queue.mine()).filter(({ kind, state }) => kind === "checkin" && (state === "kept" || state === "waiting"));
  const found = (trip.stops ?? []).map((stop) => ({ stop, ...stateOf(stop, patrol.points, mine) }));
  const left = found.filter(({ done }) => !done).length;
  const items = found.map(({ stop, done, words, at }) => el("li", { class: done ? "done" : "" }, el("strong", {}, stop.name),
    (words || at) && el("small", {}, done && icon("check"), [words, at && stamp(at)].filter(Boolean).join(" ")),
    !done && trip.state === "under_way" && el("a", { class: "button quiet", href: `#/checkin?trip=${trip.id}&stop=${stop.id}` }, say("point.do"))));
  return section(say(left ? "patrol.left" : "patrol.all", { n: left, all: found.length }),
    patrol.in_order && para(say("patrol.in_order")), el("ol", { class: "stops" }, ...items));
}

/** The way to report what was found, while on a patrol or after it. @param {Duty} trip */
export const finding = (trip) => (trip.state === "under_way" || trip.state === "completed")
  && row("edit", say("finding.do"), `#/finding/${trip.patrol_id}`, say("finding.hint"));

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
  const open = items.filter(({ walkers }) => !walkers.length);
  return open.length > 0 && section(say("patrol.free"), ...open.map((patrol) => el("article", { class: "card trip" },
    el("span", { class: "trip-words" }, el("strong", {}, patrol.title), el("small", {}, `${stamp(patrol.opens_at)} – ${stamp(patrol.closes_at)}`)),
    button(say("patrol.take"), async () => {
      await api.takePatrol(patrol.id);
      again();
    }))));
}

/** The page that reports what was found on a patrol. @param {Way} way @returns {Promise<View>} */
export async function findingPage(way) {
  const patrol = await one(Number(way.id));
  const { items } = await api.categories();
  const text = el("textarea", { name: "text", rows: 5, maxlength: 4000, minlength: 2, required: true, placeholder: say("finding.text") });
  const place = el("input", { name: "place", maxlength: 120 });
  const category = select("category", items.map(({ id, name }) => /** @type {[string, string]} */ ([String(id), name])), String(items[0]?.id ?? ""));
  const told_as = uuid();
  const body = [
    way.params.has("done") && notice("good", say("finding.done"), para(say("finding.done_text"))),
    form(async () => {
      await api.sendFinding(patrol.id, { told_as, text: text.value.trim(), place: place.value.trim(), category_id: Number(category.value) });
      instead(`#/finding/${patrol.id}?done=1`);
    }, say("finding.send"), field(say("finding.what"), text), field(say("finding.where"), place), field(say("finding.category"), category)),
  ];
  return { title: say("finding.do"), back: `#/trip/${patrol.trip_id}`, tab: "duties", body: body.filter((node) => node instanceof Node) };
}
