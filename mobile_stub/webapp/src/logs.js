// @ts-check
/** My log of a day, a week or a month as the server wrote it, what I add to it, and the same as a file. */

/** @import {Kind} from "./periods.js" */
/** @import {Entry, LogDay, OwnLog, TripRow} from "./wire.d.ts" */
/** @import {View, Way} from "./ways.js" */

import * as api from "./api.js";
import { liveLine } from "./deliveries.js";
import { el } from "./dom.js";
import { hand } from "./handing.js";
import { icon } from "./icons.js";
import { full } from "./kept.js";
import { button, confirmed, empty, facts, field, notice, oldNotice, para, section } from "./parts.js";
import * as periods from "./periods.js";
import { remembered } from "./remember.js";
import * as savings from "./savings.js";
import { clock, days, dayShort, dayWords, stamp, today } from "./times.js";
import { again, go } from "./ways.js";
import { say } from "./words.js";

const KINDS = /** @type {Kind[]} */ (["day", "week", "month"]);
const ENDINGS = /** @type {const} */ (["docx", "xlsx"]);

/** The switch between all check-ins and the log of a day, a week, a month. @param {string} [name] the period shown */
export function kinds(name) {
  const on = name && periods.kindOf(name);
  const [from, to] = name ? periods.bounds(name) : [today(), today()];
  const day = from <= today() && today() <= to ? today() : from;
  return el("nav", { class: "segments", "aria-label": say("logs.kinds") },
    ...KINDS.map((kind) => el("a", { href: `#/logs/${periods.around(kind, day)}`, "aria-current": on === kind ? "page" : null }, say(`logs.${kind}`))),
    el("a", { href: "#/log", "aria-current": name ? null : "page" }, say("logs.all")));
}

/** A period in words. @param {string} name @returns {(Node | string)[]} */
function periodWords(name) {
  if (periods.kindOf(name) === "day") return [dayWords(name)];
  if (periods.kindOf(name) === "month") return [say("logs.month_words", { year: name.slice(0, 4), n: Number(name.slice(5)) })];
  return [say("logs.week_words", { n: Number(name.slice(6)) }), el("small", {}, days(...periods.bounds(name)))];
}

/** The way to the period before and after; there is none after today's. @param {string} name */
function pager(name) {
  const [before, after] = [periods.beside(name, -1), periods.beside(name, 1)];
  const ahead = periods.bounds(after)[0] > today();
  return el("div", { class: "pager" },
    el("a", { class: "round", href: `#/logs/${before}`, "aria-label": say("logs.before") }, icon("back")),
    el("h2", {}, ...periodWords(name)),
    ahead ? el("span", { class: "round" }) : el("a", { class: "round", href: `#/logs/${after}`, "aria-label": say("logs.after") }, icon("next")));
}

/** Whom was met, what came of it, what is next. @param {Entry["met"]} met */
function metLines(met) {
  const who = [met.enterprise, [met.contact, met.contact_post].filter(Boolean).join(" ")].filter(Boolean).join(" · ");
  const next = [met.next_step, met.next_on && dayShort(met.next_on)].filter(Boolean).join(" · ");
  return [who && el("small", {}, who), met.outcome && el("small", {}, say("logs.outcome", { text: met.outcome })),
    next && el("small", {}, say("logs.next", { text: next }))];
}

/** One check-in; it leads to where one adds to it, or (alone) to its record. @param {Entry} entry @param {string} day @param {boolean} [alone] */
function entryLine(entry, day, alone = false) {
  const remark = entry.supplement?.remark;
  return el("a", { class: "entry", href: alone ? `#/record/${entry.checkin_id}` : `#/supplement/${entry.checkin_id}?day=${day}` },
    el("time", { datetime: entry.at }, clock(entry.at)),
    el("span", { class: "entry-words" },
      el("strong", {}, [say(`kind.${entry.kind}`), entry.place || entry.trip?.title].filter(Boolean).join(" · ")),
      ...metLines(entry.met), entry.note && el("small", {}, entry.note), remark && el("small", {}, remark),
      !alone && el("small", { class: "more" }, icon("edit"), say(savings.says(entry.supplement) ? "logs.added" : "logs.add"))));
}

/** What happened on a day. @param {LogDay} day */
const entries = (day) => day.entries.length > 0 && el("div", { class: "entries" }, ...day.entries.map((entry) => entryLine(entry, day.day)));

/** A day of a week or a month, which leads to its own page. @param {LogDay} day */
function dayBlock(day) {
  return section("", el("h2", {}, el("a", { href: `#/logs/${day.day}` }, dayWords(day.day))), entries(day),
    day.words && facts([[say("logs.remark"), day.words.remark], [say("logs.plan"), day.words.plan]]));
}

/** A trip with its days. @param {TripRow} trip */
function tripBlock(trip) {
  const to = trip.ended_at ? stamp(trip.ended_at) : say("state.under_way");
  return el("a", { class: "card trip", href: `#/trip/${trip.id}` }, el("span", { class: "trip-words" }, el("strong", {}, trip.title),
    el("small", {}, [trip.destination, trip.chain].filter(Boolean).join(" · ")), el("small", {}, `${stamp(trip.started_at)} – ${to}`)),
  el("span", { class: "badge" }, say("logs.away", { n: trip.days_away })));
}

/** The same as a file, kept by the browser. @param {string} path @param {string} title @param {"docx" | "xlsx"} ending */
async function download(path, title, ending) {
  hand(await api.logFile(path, ending), `${title}.${ending}`);
}

/** The buttons that fetch a log as a file. @param {string} path @param {string} title */
export const files = (path, title) => el("div", { class: "answers" },
  ...ENDINGS.map((ending) => button(say(`logs.${ending}`), () => download(path, title, ending), { icon: "down" })));

/** The log, or what was last read of it; null without a network where it was never read. @param {string} name @returns {Promise<{value: OwnLog | null, since: number | null}>} */
async function read(name) {
  try {
    return await remembered(`logs:${name}`, () => api.ownLog(name));
  } catch (failure) {
    if (!(failure instanceof api.Lost)) throw failure;
    return { value: null, since: null };
  }
}

/**
 * A form whose fields are kept at every stroke and saved together.
 * @param {string} door
 * @param {Awaited<ReturnType<typeof savings.standing>>} stands
 * @param {{name: string, label: string, most: number, rows?: number, hint?: string}[]} told
 */
function writing(door, stands, told) {
  /** @type {savings.Texts} */
  const texts = Object.fromEntries(told.map(({ name }) => [name, stands.texts[name] ?? ""]));
  const space = el("div", {});
  const fields = told.map(({ name, label, most, rows, hint }) => {
    const control = rows ? el("textarea", { name, rows, maxlength: most }, texts[name]) : el("input", { name, maxlength: most, value: texts[name] ?? "" });
    control.addEventListener("input", async () => {
      texts[name] = control.value;
      try {
        await savings.keep(door, { texts, after: stands.after });
      } catch (failure) {
        if (!full(failure)) throw failure;
        space.replaceChildren(notice("warn", say("room.full"), para(say("room.full_text"))));
      }
    });
    return field(label, control, hint);
  });
  return { texts, fields, space };
}

/** That a day takes nothing more; what was written too late is shown, to be copied. @param {savings.Texts | null} unsaved */
function closed(unsaved) {
  const late = Object.values(unsaved ?? {}).filter(Boolean).join(" / ");
  return late ? notice("warn", say("logs.closed"), para(say("logs.late", { text: late }))) : el("p", { class: "small" }, say("logs.closed"));
}

/** What one writes into a day, and its button. @param {string} name @param {LogDay | undefined} day @returns {Promise<{nodes: (Node | null | false | undefined)[], dock: Node | undefined}>} */
async function ownPart(name, day) {
  const door = `me/logs/${name}`;
  const stands = await savings.standing(door, day?.words ?? null);
  if (day && !day.open && !stands.waiting) {
    const read = day.words && facts([[say("logs.remark"), day.words.remark], [say("logs.plan"), day.words.plan]]);
    return { nodes: [read, closed(stands.unsaved)], dock: undefined };
  }
  const form = writing(door, stands, [
    { name: "remark", label: say("logs.remark"), most: 4000, rows: 3, hint: say("logs.private") },
    { name: "plan", label: say("logs.plan"), most: 4000, rows: 3 }]);
  const save = button(say("logs.save"), async () => {
    const arrived = await savings.save(door, name, form.texts, stands.after, dayShort(name));
    if (arrived) again();
    else go("#/deliveries");
  }, { weight: "main", icon: "check" });
  return { dock: save, nodes: [
    stands.overtaken && day?.words && notice("warn", say("logs.overtaken"), para([day.words.remark, day.words.plan].filter(Boolean).join(" / "))),
    stands.waiting && notice("note", say("logs.waiting")), form.space, ...form.fields,
    !stands.waiting && day?.words && el("p", { class: "small" }, say("logs.saved", { time: stamp(day.words.at) }))] };
}

/** Erases what one wrote, after asking. @param {string} name */
async function erase(name) {
  if (!(await confirmed({ title: say("logs.erase_title"), text: say("logs.erase_text"), yes: say("logs.erase"), danger: true }))) return;
  await api.eraseLog(name);
  again();
}

/** What the next day's trips have planned already. @param {OwnLog} log */
function ahead(log) {
  if (!log.ahead.length) return null;
  return section(say("logs.ahead"), facts(log.ahead.map(({ from, stop, trip }) => [clock(from), `${stop} · ${trip.title}`])));
}

/** Whether a day holds anything of one's own. @param {LogDay | undefined} day */
const written = (day) => day && (savings.says(day.words) || day.entries.some(({ supplement }) => savings.says(supplement)));

/** @param {OwnLog} log @param {string} name */
function whatHappened(log, name) {
  const single = periods.kindOf(name) === "day";
  const blocks = single ? log.days.map(entries) : log.days.map(dayBlock);
  const nothing = !log.trips.length && !blocks.some(Boolean) && empty(say("log.none"), say("log.none_text"));
  return [log.trips.length > 0 && section(say("logs.trips", { n: log.days_away }), ...log.trips.map(tripBlock)),
    log.days[0]?.planned && single && section(say("logs.planned"), para(log.days[0].planned)), ...blocks, nothing,
    log.cut && notice("note", say("logs.cut"))];
}

/** The page of a day, a week or a month. @param {Way} way @returns {Promise<View>} */
export async function page(way) {
  const name = way.id || today();
  const [{ value: log, since }, line] = await Promise.all([read(name), liveLine()]);
  const single = periods.kindOf(name) === "day";
  const day = single ? log?.days[0] : undefined;
  const own = single && name <= today() ? await ownPart(name, day) : { nodes: [], dock: undefined };
  const body = [kinds(name), pager(name), line.node, oldNotice(since),
    ...(log ? whatHappened(log, name) : [notice("warn", say("failure.lost"), para(say("logs.unread")))]), ...own.nodes,
    log && single && ahead(log),
    log && files(`me/logs/${name}`, `${say("log.title")}-${name}`),
    written(day) && button(say("logs.erase"), () => erase(name), { weight: "plain" })];
  return { title: say("log.title"), tab: "log", body: body.filter((node) => node instanceof Node), leave: line.leave,
    ...(own.dock ? { dock: own.dock } : {}) };
}

/** The page on which one adds to a check-in. @param {Way} way @returns {Promise<View>} */
export async function supplementPage(way) {
  const day = way.params.get("day") ?? today();
  const { value: log, since } = await read(day);
  const of = log?.days[0];
  const entry = of?.entries.find(({ checkin_id }) => checkin_id === way.id);
  const door = `checkins/${way.id}/supplement`;
  const stands = await savings.standing(door, entry?.supplement ?? null);
  const form = writing(door, stands, [
    { name: "outcome", label: say("visit.outcome"), most: 2000, rows: 3, hint: say("logs.shared") },
    { name: "next_step", label: say("visit.next_step"), most: 1000, rows: 2 },
    { name: "enterprise", label: say("visit.enterprise"), most: 120 }, { name: "contact", label: say("visit.contact"), most: 64 },
    { name: "contact_post", label: say("visit.contact_post"), most: 64 }, { name: "remark", label: say("logs.remark_own"), most: 2000, rows: 2, hint: say("logs.private") }]);
  const [outcome, next, enterprise, contact, post, remark] = form.fields;
  const whom = el("details", { class: "card fold", open: Boolean(form.texts["enterprise"] || form.texts["contact"]) },
    el("summary", {}, say("visit.title"), el("small", {}, say("visit.optional"))), el("div", { class: "stack" }, enterprise, el("div", { class: "pair" }, contact, post)));
  const dock = button(say("logs.save"), async () => {
    const arrived = await savings.save(door, day, form.texts, stands.after, entry?.trip?.title ?? dayShort(day));
    go(arrived ? `#/logs/${day}` : "#/deliveries");
  }, { weight: "main", icon: "check" });
  const open = !of || of.open;
  const body = [oldNotice(since), entry && el("div", { class: "entries" }, entryLine(entry, day, true)),
    stands.overtaken && notice("warn", say("logs.overtaken"), para(entry?.supplement?.outcome ?? "")),
    stands.waiting && notice("note", say("logs.waiting")), !open && closed(stands.unsaved),
    ...(open ? [form.space, outcome, next, whom, remark, el("p", { class: "small" }, say("logs.unchanged"))] : [])];
  return { title: say("logs.add"), back: `#/logs/${day}`, tab: "log", bare: true, ...(open ? { dock } : {}),
    body: body.filter((node) => node instanceof Node) };
}
