// @ts-check
/** My log: what the server wrote from my check-ins, by day, and each record in full. */

/** @import {Checkin, Review, Shape} from "./wire.d.ts" */
/** @import {Target} from "./minimap.js" */
/** @import {View, Way} from "./ways.js" */

import * as api from "./api.js";
import { el } from "./dom.js";
import { either } from "./failures.js";
import { metres } from "./lengths.js";
import { files, kinds } from "./logs.js";
import { rings, stopRings } from "./ground.js";
import { shape } from "./icons.js";
import { minimap } from "./minimap.js";
import { pictures } from "./pictures.js";
import { button, confirmed, empty, facts, form, notice, oldNotice, paged, para, row, section, verdictBadge } from "./parts.js";
import * as queue from "./queue.js";
import { recalled, remembered } from "./remember.js";
import * as session from "./session.js";
import { clock, dayOf, dayWords, span, stamp } from "./times.js";
import { again, go } from "./ways.js";
import { visitFacts, visitLine } from "./visit.js";
import { say } from "./words.js";

/** Early, on time or late against the planned window. @param {Checkin} record */
function windowLine(record) {
  if (!record.window) return "";
  const by = record.window_s ? span(Math.abs(record.window_s)) : "";
  return record.window === "on_time" ? say("window.on_time") : say(`window.${record.window}`, { by });
}

/** The areas a check-in lies in, from county to grid. @param {Checkin} record */
const areaLine = (record) => record.areas.map((area) => area.name).join(" › ");

/** Whether a supervisor's query still waits for an answer. @param {Checkin} record */
const queried = (record) => record.reviews.at(-1)?.kind === "query";

/** Where a check-in was meant to be: its stop, its trip, or no duty. @param {Checkin} record */
function placeWords(record) {
  return record.stop?.name ?? record.trip?.title ?? say("checkin.adhoc");
}

/** One line of the log. @param {Checkin} record */
function entry(record) {
  return el("a", { class: "entry", href: `#/record/${record.id}` },
    el("time", { datetime: record.happened_at }, clock(record.happened_at)),
    el("span", { class: "entry-words" },
      el("strong", {}, `${say(`kind.${record.kind}`)} · ${placeWords(record)}`),
      verdictBadge(record.verdict.outcome),
      record.visit && el("small", {}, visitLine(record.visit)),
      record.note && el("small", { class: "clip" }, record.note),
      record.photo_count > 0 && el("small", {}, say("photo.count", { n: record.photo_count })),
      el("small", {}, [windowLine(record), areaLine(record)].filter(Boolean).join(" · ")),
      queried(record) && el("small", { class: "asking" }, say("log.queried"))));
}

/** Entries under their Shanghai days. @param {Checkin[]} records newest first */
function byDay(records) {
  /** @type {Map<string, Checkin[]>} */
  const found = new Map();
  for (const record of records) {
    const day = dayOf(record.happened_at);
    found.set(day, [...(found.get(day) ?? []), record]);
  }
  return [...found].map(([day, entries]) => section(dayWords(day), el("div", { class: "entries" }, ...entries.map(entry))));
}

/** What waits for one's answer, however long ago it was; nothing without a network, as it may be answered. */
async function waiting() {
  try {
    return (await api.asked()).items.map(({ checkin }) => checkin);
  } catch (failure) {
    if (failure instanceof api.Lost) return [];
    throw failure;
  }
}

/** The row that leads here from the first page while something waits for one's answer. */
export async function toHere() {
  const { length: n } = await waiting();
  return n > 0 && el("div", { class: "rows" }, row("speak", say("log.asked_many", { n }), "#/log", el("span", { class: "asking" }, say("log.asked_text"))));
}

async function asked() {
  const entries = (await waiting()).map(entry);
  return entries.length ? section(say("log.asked"), el("div", { class: "entries" }, ...entries)) : null;
}

/** The log page; with ?trip= that of one trip. @param {Way} way @returns {Promise<View>} */
export async function page(way) {
  const me = (await session.current())?.person.id ?? 0;
  const trip = way.params.get("trip");
  const filters = { person_id: me, limit: 30, ...(trip ? { trip_id: Number(trip) } : {}) };
  const { value: first, since } = await remembered(trip ? `log:${trip}` : "log", () => api.log(filters));
  const body = first.items.length ? paged(first, (cursor) => api.log({ ...filters, cursor }), byDay)
    : empty(say("log.none"), say("log.none_text"));
  const whole = [trip ? null : kinds(), oldNotice(since) ?? para(say("log.lead")), trip || since ? null : await asked(), body,
    trip ? files(`trips/${trip}/log`, say("trip.log")) : null];
  return { title: trip ? say("trip.log") : say("log.title"), tab: "log", body: whole.filter((node) => node instanceof Node),
    ...(trip ? { back: `#/trip/${trip}` } : {}) };
}

/** A verdict's sentence, breaking only between its parts: no number is parted from its unit. @param {string} sentence */
function figuresWhole(sentence) {
  const [first = "", ...figures] = sentence.split(" · ");
  return [first, ...figures.map((figure) => figure.replaceAll(" ", "\u00a0"))].join("\u00a0· ");
}

/** The verdict, large: shape, sentence, and what it was judged against. @param {Checkin} record */
function verdictPanel(record) {
  const { verdict } = record;
  return el("section", { class: `verdict verdict-${verdict.outcome}`, role: "status" }, shape(verdict.outcome),
    el("div", {}, el("p", { class: "verdict-word" }, say(`verdict.${verdict.outcome}`)), el("p", {}, figuresWhole(either(verdict))),
      verdict.accuracy_assumed && el("p", { class: "small" }, say("verdict.assumed",
        { accuracy: metres(verdict.accuracy_used_m ?? 0) }))));
}

/** The circle of a stop that is a point and a radius. @param {Checkin} record @param {string} name @returns {Promise<Target | null>} */
async function circleOf(record, name) {
  const trip = record.trip && (await api.trip(record.trip.id));
  const stop = trip?.stops?.find(({ id }) => id === record.stop?.id);
  return stop ? { rings: stopRings(stop, null), name, tolerance_m: stop.tolerance_m ?? 0 } : null;
}

/** The boundary a record was judged by, in that version; nothing when it cannot be had. @param {Checkin} record @returns {Promise<Target | null>} */
async function targetOf(record) {
  const { against } = record.verdict;
  if (!against) return null;
  try {
    if (!against.area_id) return await circleOf(record, against.name);
    const shape = /** @type {Shape} */ (await api.area(against.area_id, against.version));
    return { rings: rings(shape), name: against.name, tolerance_m: 0 };
  } catch (failure) {
    if (failure instanceof api.SignedOut) throw failure;
    return null;
  }
}

/** The record on the small map; without a position, a word on why. @param {Checkin} record */
async function mapOf(record) {
  if (!record.position) return notice("note", say(`withheld.${record.position_withheld ?? "no_position"}`));
  const map = minimap();
  map.draw(await targetOf(record), record.position);
  return map.node;
}

/** What the server wrote down. @param {Checkin} record */
function written(record) {
  return facts([
    [say("record.kind"), say(`kind.${record.kind}`)],
    [say("record.trip"), record.trip?.title ?? say("checkin.adhoc")],
    [say("record.stop"), record.stop?.name],
    [say("record.at"), stamp(record.happened_at)],
    [say("record.received"), stamp(record.received_at)],
    [say("record.window"), windowLine(record)],
    [say("record.areas"), areaLine(record)],
    [say("record.accuracy"), record.position?.accuracy_m && metres(record.position.accuracy_m)],
    [say("record.note"), record.note],
  ]);
}

/** Reasons the server saw to look twice; told to the person they are about. @param {Checkin} record */
function signals(record) {
  if (!record.signals.length) return null;
  return section(say("record.signals"), notice("note", "",
    el("ul", { class: "steps" }, ...record.signals.map((signal) => el("li", {}, either(signal)))), para(say("record.signals_text"))));
}

/** One review, query or answer. @param {Review} review */
function reviewItem(review) {
  return el("li", { class: `review ${review.kind}` },
    el("strong", {}, say(`review.${review.kind}`, { name: review.by?.name ?? "" })), el("small", {}, stamp(review.at)),
    review.note && el("p", {}, review.note));
}

/** Reviews, with room for an answer while a query is open. @param {Checkin} record */
function reviews(record) {
  if (!record.reviews.length) return null;
  const note = el("textarea", { name: "answer", rows: 3, maxlength: 2000, required: true, "aria-label": say("review.answer_label") });
  return section(say("record.reviews"), el("ul", { class: "reviews" }, ...record.reviews.map(reviewItem)),
    queried(record) && form(async () => {
      await api.answer(record.id, note.value.trim());
      again();
    }, say("review.do"), note));
}

/** One record; without a network, as the log last told it. @param {string} id @returns {Promise<Checkin>} */
async function recordOf(id) {
  try {
    return await api.checkin(id);
  } catch (failure) {
    const known = failure instanceof api.Lost ? /** @type {{items: Checkin[]} | null} */ (await recalled("log")) : null;
    const found = known?.items.find((record) => record.id === id);
    if (!found) throw failure;
    return found;
  }
}

/** Draws the page anew whenever another photo of this record has arrived. @param {string} id @returns {() => void} ends it */
function onPhoto(id) {
  let before = -1;
  return queue.listen(async () => {
    const arrived = (await queue.photosOf(id)).filter(({ state }) => state === "kept").length;
    if (before >= 0 && arrived !== before) again();
    before = arrived;
  });
}

/** Room to blank one's own check-in for good, unless that was done. @param {Checkin} record @param {number} me */
function eraser(record, me) {
  if (record.person.id !== me || record.position_withheld === "erased") return null;
  return section(say("record.erase"), para(say("record.erase_text")), button(say("record.erase"), async () => {
    const sure = await confirmed({ title: say("record.erase_title"), text: say("record.erase_sure"), yes: say("record.erase"), danger: true });
    if (!sure) return;
    await api.eraseCheckin(record.id);
    again();
  }, { weight: "danger" }));
}

/** The page of one record; fresh from sending it thanks and leads on. @param {Way} way @returns {Promise<View>} */
export async function recordPage(way) {
  const record = await recordOf(way.id);
  const fresh = way.params.has("new");
  const me = (await session.current())?.person.id ?? 0;
  const body = [
    fresh && el("p", { class: "kept" }, say("record.kept", { time: clock(record.received_at) })),
    verdictPanel(record), await mapOf(record), section("", written(record)),
    pictures(record),
    record.visit && section(say("visit.title"), visitFacts(record.visit)),
    signals(record), reviews(record),
    row("edit", say("logs.add"), `#/supplement/${record.id}?day=${dayOf(record.happened_at)}`, say("logs.add_text")),
    fresh ? null : eraser(record, me),
  ];
  return { title: fresh ? say("record.new_title") : say("record.title"), back: fresh ? "#/" : "#/log", tab: fresh ? "duties" : "log",
    leave: onPhoto(record.id), body: body.filter((node) => node instanceof Node), ...(fresh ? { dock: button(say("record.done"), () => go("#/"), { weight: "main" }) } : {}) };
}
