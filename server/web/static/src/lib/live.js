/**
 * What the live map knows, read once the stream is open so that nothing falls between, and kept up to date by it:
 * places, check-ins, crossings, silent phones, and how old all that is. What comes within a frame is told together.
 * @import {Checkin, Crossing, Place, Silence} from "../wire"
 */
import { get, Refusal } from "./api.js";
import { unexplained } from "./looks.js";
import { newest } from "./newest.js";
import { presence } from "./places.js";
import { listen } from "./stream.js";
import { day, hear, now } from "./time.js";

/** How many check-ins are kept at the most. */
export const MOST = 20_000;
const CROSSINGS = 200;
const FIRST = 60;
const PAGE = 200;
const OPENS_WITHIN_MS = 3_000;
const DAY_MS = 86_400_000;

/**
 * @typedef {object} Heard
 * @property {(fresh: Set<string>) => void} checkins check-ins or crossings are others now; which check-ins have just come
 * @property {() => void} people somebody is somewhere else now, or gone
 * @property {() => void} silences phones fell silent, or are heard again
 * @property {() => void} state what is known of the connection, the reading, the reason has changed
 * @property {() => void} areas areas were published
 * @property {() => void} ended the session is over
 * @property {() => void} refused the reader may not listen
 */

/** @typedef {{unit_id: string, days: number}} Wanted of which unit's subtree ("" for all), of how many days back */

/** @typedef {ReturnType<typeof watch>} Live */

/**
 * @param {Wanted} wanted
 * @param {Heard} heard
 * @param {{most?: number}} [bounds]
 */
export function watch(wanted, heard, { most = MOST } = {}) {
  const checkins = newest(most);
  const places = presence();
  /** @type {Map<number, Crossing>} */
  const crossings = new Map();
  /** @type {Map<number, Silence>} */
  const silences = new Map();
  const state = {
    cut: false,
    /** Whether newer pages of this sitting took its place: nothing comes until somebody looks at this one again. */
    crowded: false,
    stalled_s: 0,
    heard_ms: performance.now(),
    loaded: false,
    /** Whether what was asked for has come at least once. */
    come: { places: false, checkins: false },
    reading: false,
    reasonMissing: false,
    /** @type {{places: Refusal | null, checkins: Refusal | null}} */
    failed: { places: null, checkins: null },
  };
  /** @type {Set<"checkins" | "people" | "silences" | "state">} */
  const news = new Set();
  /** @type {Set<string>} */
  let fresh = new Set();
  /** @type {{stop: () => void} | null} */
  let stream = null;
  let turn = 0;
  let told = false;

  /** @param {...("checkins" | "people" | "silences" | "state")} what is to be told with the next frame */
  function tell(...what) {
    for (const each of what) news.add(each);
    if (told) return;
    told = true;
    requestAnimationFrame(() => {
      told = false;
      const [said, came] = [new Set(news), fresh];
      news.clear();
      fresh = new Set();
      if (said.has("state")) heard.state();
      if (said.has("silences")) heard.silences();
      if (said.has("people")) heard.people();
      if (said.has("checkins")) heard.checkins(came);
    });
  }

  /* ── reading ── */

  /** @template T @param {() => Promise<T>} ask @returns {Promise<T | Refusal>} */
  async function asked(ask) {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }

  /** Without a reason the server would refuse them: that is known before they are asked for. */
  function closed() {
    state.reasonMissing = true;
    state.failed.places = null;
    crossings.clear();
    places.answered([]);
    tell("people", "state");
  }

  async function readPlaces() {
    places.asked();
    if (unexplained()) return closed();
    const answer = await asked(() => get("/places", { unit_id: wanted.unit_id }));
    const refused = answer instanceof Refusal;
    if (!refused) hear(answer.now);
    state.come.places ||= !refused;
    if (refused && answer.code === "reason_needed") return closed();
    state.reasonMissing = false;
    state.failed.places = refused ? answer : null;
    places.answered(refused ? null : answer.items);
    return tell("people", "state");
  }

  async function readCrossings() {
    if (state.reasonMissing) return;
    const answer = await asked(() => get("/crossings", { unit_id: wanted.unit_id }));
    if (answer instanceof Refusal) return;
    crossings.clear();
    for (const crossing of answer.items) crossings.set(crossing.id, crossing);
    tell("checkins");
  }

  async function readSilences() {
    const answer = await asked(() => get("/silences", { unit_id: wanted.unit_id }));
    if (answer instanceof Refusal) return;
    silences.clear();
    for (const silence of answer.items) silences.set(silence.id, silence);
    tell("silences");
  }

  const since_ms = () => now() - wanted.days * DAY_MS;

  /** Page by page, newest first, as far back as was asked for: the first page is shown while the others come. */
  async function readCheckins() {
    const mine = ++turn;
    const from = day(new Date(since_ms()).toISOString());
    state.reading = true;
    checkins.begin();
    let cursor = /** @type {string | null} */ ("");
    for (let limit = FIRST; cursor !== null && checkins.all().length < most; limit = PAGE) {
      const query = { limit: Math.min(limit, PAGE), unit_id: wanted.unit_id, from, cursor, through: "map" };
      const answer = /** @type {any} */ (await asked(() => get("/log", query)));
      if (mine !== turn) return;
      if (answer instanceof Refusal) return broken(answer);
      for (const checkin of answer.items) checkins.put(checkin);
      cursor = answer.next ?? null;
      state.failed.checkins = null;
      tell("checkins", "state");
    }
    checkins.end();
    checkins.forget(since_ms());
    state.reading = false;
    state.come.checkins = true;
    tell("checkins", "state");
  }

  /** @param {Refusal} refusal */
  function broken(refusal) {
    checkins.giveUp();
    state.reading = false;
    state.failed.checkins = refusal;
    tell("checkins", "state");
  }

  async function load() {
    state.loaded = true;
    tell("state");
    await Promise.all([readSilences(), readCheckins(), readPlaces().then(readCrossings)]);
  }

  /* ── the stream ── */

  /** @type {Record<string, (data: any) => void>} */
  const TAKE = {
    checkin: ({ checkin }) => arrive(checkin),
    place: (moved) => state.reasonMissing || move(moved),
    crossing: (crossed) => state.reasonMissing || cross(crossed),
    silence: ({ silence }) => fallSilent(silence),
    areas: () => heard.areas(),
    resync: () => void load(),
    stall: ({ lag_s }) => {
      state.stalled_s = lag_s;
      tell("state");
    },
  };

  /** @param {Checkin} checkin */
  function arrive(checkin) {
    if (Date.parse(checkin.happened_at) < since_ms()) return;
    if (checkins.put(checkin) && fresh.size < PAGE) fresh.add(checkin.id);
    tell("checkins");
  }

  /** @param {{now?: string, items?: Place[], gone?: number[]}} moved */
  function move(moved) {
    if (moved.now) hear(moved.now);
    places.take(moved);
    tell("people");
  }

  /**
   * Somebody entered or left an area, or did not after all; or all of somebody's on a trip are gone.
   * @param {{crossing?: Crossing, dropped?: number, gone?: {person_id: number, trip_id: number}}} crossed
   */
  function cross({ crossing, dropped, gone }) {
    if (crossing) crossings.set(crossing.id, crossing);
    if (dropped !== undefined) crossings.delete(dropped);
    for (const { id, person, trip } of gone ? [...crossings.values()] : [])
      if (person.id === gone?.person_id && trip.id === gone?.trip_id) crossings.delete(id);
    if (crossings.size > CROSSINGS) crossings.delete(Math.min(...crossings.keys()));
    tell("checkins");
  }

  /** @param {Silence} silence */
  function fallSilent(silence) {
    if (silence.ended_at) silences.delete(silence.id);
    else silences.set(silence.id, silence);
    tell("silences", "people");
  }

  /** @param {boolean} alive */
  function setAlive(alive) {
    if (alive) {
      state.heard_ms = performance.now();
      void (state.loaded ? readPlaces() : load());
    }
    state.cut = !alive;
    state.stalled_s = 0;
    tell("state");
  }

  /** @param {string} event @param {any} data */
  function take(event, data) {
    state.heard_ms = performance.now();
    TAKE[event]?.(data);
  }

  function connect() {
    stream?.stop();
    setTimeout(() => state.loaded || void load(), OPENS_WITHIN_MS);
    const said = { event: take, alive: setAlive, ended: end, crowded, refused: heard.refused };
    stream = listen({ unit_id: wanted.unit_id }, said);
  }

  function crowded() {
    state.crowded = true;
    tell("state");
  }

  /** Take a place again, and read anew what was told meanwhile; the page that has listened longest now rests. */
  function resume() {
    if (!state.crowded) return;
    Object.assign(state, { crowded: false, loaded: false });
    tell("state");
    connect();
  }

  const lookedAt = () => document.visibilityState === "visible" && resume();
  document.addEventListener("visibilitychange", lookedAt);

  function end() {
    stop();
    heard.ended();
  }

  function stop() {
    document.removeEventListener("visibilitychange", lookedAt);
    stream?.stop();
    turn += 1;
  }

  /** Keep nothing: it is not known any more that the reader may see it. */
  function forget() {
    checkins.clear();
    crossings.clear();
    silences.clear();
    places.answered([]);
    tell("checkins", "people", "silences");
  }

  return {
    state,
    connect,
    resume,
    load,
    readPlaces,
    stop,
    forget,
    /** @param {Wanted} other of another unit, or of other days: all is read anew */
    want(other) {
      Object.assign(wanted, other);
      forget();
      state.loaded = false;
      connect();
    },
    /** Time has passed: let go of what is older than was asked for. */
    age() {
      if (checkins.forget(since_ms())) tell("checkins");
    },
    checkins: checkins.all,
    checkin: checkins.of,
    places: places.all,
    place: places.of,
    /** @returns {Crossing[]} */
    crossings: () => [...crossings.values()],
    /** @returns {Silence[]} in the order of units */
    silences: () => [...silences.values()].sort((a, b) => a.unit.id - b.unit.id || a.person.id - b.person.id),
    /** @param {Place} place @returns {boolean} whether that person's phone is silent */
    silent: (place) => [...silences.values()].some((silence) => silence.person.id === place.person.id),
  };
}
