/**
 * What a trip planned and what happened, as marks in lanes over one line of time. Pure, so that it can be tested without
 * a browser; `lib/timechart.js` draws it.
 * @import {Checkin, Crossing, Silence, Stop, Track, Trip} from "../wire"
 */

/** @typedef {"plan" | "done" | "checkin" | "visit" | "track" | "crossing" | "odd"} Lane */
/**
 * @typedef {object} Mark something planned or done
 * @property {Lane} lane
 * @property {string} look how it is drawn: `plan`, `done`, `arrived`, an outcome, `visit`, `stay`, `move`, `gap`, `enter`, `leave`, `signal`, `silent`
 * @property {number} from ms since the epoch
 * @property {number} to the same as `from` for what has no length
 * @property {string} key what it is pointed at by, in lists and on the map
 * @property {unknown} of what it stands for
 * @property {number} [number] of the stop
 */
/** @typedef {{checkins: Checkin[], silences: Silence[], track: Track | null, crossings: Crossing[]}} Happened */

/** @type {Lane[]} */
export const LANES = ["plan", "done", "checkin", "visit", "track", "crossing", "odd"];

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SHANGHAI = 8 * HOUR;

/** @param {Trip} trip @param {Happened} happened @returns {Mark[]} by time */
export function marks(trip, happened) {
  return [
    ...trip.stops.flatMap((stop, index) => ofStop(stop, index + 1, happened.checkins)),
    ...happened.checkins.flatMap(ofCheckin),
    ...ofTrack(happened.track),
    ...happened.crossings.map(ofCrossing),
    ...happened.silences.map(ofSilence),
  ].sort((one, other) => one.from - other.from || LANES.indexOf(one.lane) - LANES.indexOf(other.lane));
}

/** @param {Stop} stop @param {number} number @param {Checkin[]} checkins @returns {Mark[]} its planned window, and from arriving to leaving */
function ofStop(stop, number, checkins) {
  const key = `stop:${stop.id}`;
  const { planned_from, planned_to } = stop;
  /** @type {Mark[]} */
  const made = [];
  if (planned_from && planned_to)
    made.push({
      lane: "plan",
      look: "plan",
      from: Date.parse(planned_from),
      to: Date.parse(planned_to),
      key,
      of: stop,
      number,
    });
  const stayed = stayedAt(stop, checkins);
  if (stayed)
    made.push({
      lane: "done",
      look: stayed.left ? "done" : "arrived",
      from: stayed.from,
      to: stayed.to,
      key,
      of: stop,
      number,
    });
  return made;
}

/**
 * When a team was at a stop by its check-ins: from the first one there to the last on leaving.
 * @param {Stop} stop
 * @param {Checkin[]} checkins by time
 * @returns {{from: number, to: number, left: boolean} | null}
 */
export function stayedAt(stop, checkins) {
  const here = checkins.filter((checkin) => checkin.stop?.id === stop.id);
  const first = here.find((checkin) => checkin.kind === "arrive") || here[0];
  if (!first) return null;
  const from = Date.parse(first.happened_at);
  const leaving = here.filter((checkin) => checkin.kind === "leave" && Date.parse(checkin.happened_at) >= from).pop();
  const last = leaving || here.at(-1) || first;
  return { from, to: Math.max(from, Date.parse(last.happened_at)), left: Boolean(leaving) };
}

/** @param {Checkin} checkin @returns {Mark[]} */
function ofCheckin(checkin) {
  const at = Date.parse(checkin.happened_at);
  const mark = { from: at, to: at, key: `checkin:${checkin.id}`, of: checkin };
  /** @type {Mark[]} */
  const made = [{ ...mark, lane: "checkin", look: checkin.verdict.outcome }];
  if (checkin.met) made.push({ ...mark, lane: "visit", look: "visit" });
  if (checkin.signals.length) made.push({ ...mark, lane: "odd", look: "signal" });
  return made;
}

/** @param {Track | null} track @returns {Mark[]} moves below, stays over them, gaps over all */
function ofTrack(track) {
  if (!track) return [];
  /** @param {"stay" | "move" | "gap"} look @returns {(part: {from: string, to: string}) => Mark} */
  const part = (look) => (of) => ({
    lane: "track",
    look,
    from: Date.parse(of.from),
    to: Date.parse(of.to),
    key: `${look}:${of.from}`,
    of,
  });
  return [...track.moves.map(part("move")), ...track.stays.map(part("stay")), ...track.gaps.map(part("gap"))];
}

/** @param {Crossing} crossing @returns {Mark} */
function ofCrossing(crossing) {
  const at = Date.parse(crossing.at);
  return {
    lane: "crossing",
    look: crossing.entered ? "enter" : "leave",
    from: at,
    to: at,
    key: `crossing:${crossing.id}`,
    of: crossing,
  };
}

/** @param {Silence} silence @returns {Mark} */
function ofSilence(silence) {
  const from = Date.parse(silence.since);
  const to = silence.ended_at ? Date.parse(silence.ended_at) : from;
  return { lane: "odd", look: "silent", from, to, key: `silence:${silence.id}`, of: silence };
}

const MOST_ROWS = 5;

/** Bars of one lane that overlap stand under each other. @param {Mark[]} lane by time @returns {number[]} the row of each */
export function stacked(lane) {
  /** @type {number[]} */
  const ends = [];
  return lane.map((mark) => {
    const free = ends.findIndex((end) => end <= mark.from);
    const row = free < 0 ? Math.min(ends.length, MOST_ROWS - 1) : free;
    ends[row] = Math.max(mark.to, mark.from + 1);
    return row;
  });
}

/* ── how long it is ──────────────────────────────────────────────────────────────────────────────────── */

/** @typedef {{from: number, to: number}} Range ms */

/** @param {Trip} trip @param {Mark[]} all @returns {Range} all of it, with a little room; the planned days where there is nothing */
export function whole(trip, all) {
  if (!all.length)
    return { from: Date.parse(`${trip.starts_on}T00:00:00+08:00`), to: Date.parse(`${trip.ends_on}T24:00:00+08:00`) };
  const from = Math.min(...all.map((mark) => mark.from));
  const to = Math.max(...all.map((mark) => mark.to));
  const room = Math.max((to - from) * 0.02, HOUR / 4);
  return { from: from - room, to: to + room };
}

/** @param {Range} range @returns {Range[]} the days in Shanghai that it touches */
export function days({ from, to }) {
  const first = Math.floor((from + SHANGHAI) / DAY) * DAY - SHANGHAI;
  const count = Math.ceil((to - first) / DAY);
  return Array.from({ length: count }, (_, day) => ({ from: first + day * DAY, to: first + (day + 1) * DAY }));
}

const STEPS = [1 / 12, 0.25, 0.5, 1, 2, 3, 6, 12, 24, 48, 24 * 7].map((hours) => hours * HOUR);

/** @param {Range} range @param {number} most @returns {number[]} round times by the clock in Shanghai, at most so many */
export function ticks({ from, to }, most) {
  const step = STEPS.find((each) => (to - from) / each <= most) || DAY * Math.ceil((to - from) / DAY / most);
  const first = Math.ceil((from + SHANGHAI) / step) * step - SHANGHAI;
  const count = Math.max(0, Math.floor((to - first) / step) + 1);
  return Array.from({ length: count }, (_, at) => first + at * step);
}

/** Days away, planned and, once it has started, so far. @param {Trip} trip @returns {{planned: number, away: number | null}} */
export function daysAway(trip) {
  return { planned: Math.round((Date.parse(trip.ends_on) - Date.parse(trip.starts_on)) / DAY) + 1, away: trip.days_away };
}

/* ── what is at an instant ───────────────────────────────────────────────────────────────────────────── */

/**
 * @param {Mark[]} all by time
 * @param {number} at ms
 * @param {number} near ms: what has no length is at an instant so near
 * @returns {Mark[]} what is at an instant, what began last first; not the plan
 */
export function at(all, at, near) {
  return all
    .filter(
      (mark) =>
        mark.lane !== "plan" &&
        mark.from - (mark.to > mark.from ? 0 : near) <= at &&
        at <= mark.to + (mark.to > mark.from ? 0 : near),
    )
    .sort((one, other) => other.from - one.from);
}

/** @param {Mark[]} all by time @param {number} now ms @param {1 | -1} way @returns {Mark | undefined} the next one that begins, or the one before */
export function beside(all, now, way) {
  const happened = all.filter((mark) => mark.lane !== "plan");
  return way > 0 ? happened.find((mark) => mark.from > now) : happened.filter((mark) => mark.from < now).pop();
}
