// @ts-check
/** The server's doors, one function each. A failure is a `Refusal` (the server said no) or `Lost` (no answer came). */

/** @import {Added, Area, Arrival, Category, Checkin, CheckinIn, Columns, Companion, ConsentWords, Device, Erased, Household, Known, Level, Look, Matter, MatterIn, Me, Notice, OwnLog, Page, Patrol, Plan, Problem, Sent, SetAsideDay, Shape, Taken, Tokens, Tracker, Trip, Unread} from "./wire.d.ts" */

import * as clock from "./clock.js";
import * as session from "./session.js";

const ROOT = "/api/v1";
const PATIENCE_MS = 20_000;
/** A part of a photo takes its time in a slow network. */
const PART_PATIENCE_MS = 60_000;
const AWAY = new Set([502, 503, 504]);

/** The server answered, and the answer was no. */
export class Refusal extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(problem.code);
    this.problem = problem;
  }
}

/** It may succeed later, unchanged: no answer within 20 seconds, or the server said that it is busy. */
export class Lost extends Error {
  /** @param {Problem | null} [problem] what a busy server said */
  constructor(problem = null) {
    super(problem?.code ?? "lost");
    this.problem = problem;
  }
}

/** Nobody is signed in, or the session was ended elsewhere. */
export class SignedOut extends Error {}

/**
 * Reads a problem document; whatever else came instead becomes a problem by its status.
 * @param {Response} answer
 * @returns {Promise<Problem>}
 */
async function problemOf(answer) {
  const plain = { code: "no_problem_document", status: answer.status, title: "", title_en: "" };
  try {
    return { ...plain, ...(await answer.json()) };
  } catch {
    return plain;
  }
}

/**
 * One request, one answer.
 * @param {string} method
 * @param {string} path under /api/v1
 * @param {unknown} body bytes as they are, anything else as JSON unless undefined
 * @param {string | null} bearer
 * @returns {Promise<Response>}
 */
async function send(method, path, body, bearer) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  const bytes = body instanceof ArrayBuffer ? body : null;
  if (body !== undefined) headers["Content-Type"] = bytes ? "application/octet-stream" : "application/json";
  if (bearer) headers["Authorization"] = `Bearer ${bearer}`;
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), bytes ? PART_PATIENCE_MS : PATIENCE_MS);
  try {
    const answer = await fetch(ROOT + path, {
      method, headers, signal: patience.signal, credentials: "omit", cache: "no-store",
      ...(body === undefined ? {} : { body: bytes ?? JSON.stringify(body) }),
    });
    clock.compare(answer.headers.get("Date"));
    return answer;
  } catch {
    throw new Lost();
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The JSON of a good answer, or the file or picture it is; a server that is busy, or that its gateway cannot reach, counts
 * as no answer.
 * @param {Response} answer
 */
async function opened(answer) {
  if (!answer.ok) {
    const problem = await problemOf(answer);
    if (AWAY.has(answer.status)) throw new Lost(problem.title ? problem : null);
    if (problem.code === "password_must_change") await session.passwordDue();
    throw new Refusal(problem);
  }
  if (answer.status === 204) return null;
  const file = answer.headers.has("Content-Disposition");
  try {
    return await (file || answer.headers.get("Content-Type")?.startsWith("image/") ? answer.blob() : answer.json());
  } catch {
    throw new Lost();
  }
}

/**
 * @param {string} refresh_token
 * @returns {Promise<Tokens | null>}
 */
async function renew(refresh_token) {
  const answer = await send("POST", "/sessions/refresh", { refresh_token }, null);
  return answer.status === 401 ? null : opened(answer);
}

/**
 * The tokens a request may go with; a request that is somebody's own never goes as somebody else.
 * @param {Tokens | null} tokens
 * @param {number} [person_id] whose request it is; whoever is signed in, when not said
 * @returns {Tokens}
 */
function theirs(tokens, person_id) {
  if (!tokens || (person_id !== undefined && tokens.person.id !== person_id)) throw new SignedOut();
  return tokens;
}

/**
 * A request as the signed-in person; a refused access token is renewed once and the request repeated.
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {number} [person_id] whose request it is
 * @returns {Promise<Response>}
 */
async function answered(method, path, body, person_id) {
  const tokens = theirs(await session.current(), person_id);
  const first = await send(method, path, body, tokens.access_token);
  if (first.status !== 401) return first;
  const fresh = theirs(await session.renewed(tokens.access_token, renew), person_id);
  const second = await send(method, path, body, fresh.access_token);
  if (second.status === 401) throw new SignedOut();
  return second;
}

/** The same, and what its answer says. @param {string} method @param {string} path @param {unknown} [body] @param {number} [person_id] @returns {Promise<any>} */
const ask = async (method, path, body, person_id) => opened(await answered(method, path, body, person_id));

/**
 * A query string of the filters that are set.
 * @param {Record<string, string | number | null | undefined>} filters
 */
function query(filters) {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) {
    if (value !== null && value !== undefined) asked.set(name, String(value));
  }
  return `?${asked}`;
}

/**
 * The first step of signing in; a ticket where a code is asked for.
 * @returns {Promise<Tokens | {ticket: string}>}
 * @param {{username: string, password: string, device_name: string, device_id: string}} who
 */
export async function signIn(who) {
  return opened(await send("POST", "/sessions", who, null));
}

/** The second step. @returns {Promise<Tokens>} @param {{ticket: string, code: string, device_name: string, device_id: string}} step */
export async function prove(step) {
  return opened(await send("POST", "/sessions/second", step, null));
}

/** Ends this device's session on the server. */
export const signOut = () => ask("DELETE", "/sessions/current");

/** @returns {Promise<Me>} */
export const me = () => ask("GET", "/me");

/** @param {string} old @param {string} fresh */
export const changePassword = (old, fresh) => ask("PUT", "/me/password", { old, new: fresh });

/** @returns {Promise<{items: Device[]}>} */
export const devices = () => ask("GET", "/sessions");

/** @param {string} id */
export const endDevice = (id) => ask("DELETE", `/sessions/${encodeURIComponent(id)}`);

/** @returns {Promise<Page<Trip>>} @param {string | null} [cursor] */
export const trips = (cursor) => ask("GET", `/trips${query({ mine: 1, limit: 50, cursor })}`);

/** @returns {Promise<Trip>} @param {number} id */
export const trip = (id) => ask("GET", `/trips/${id}`);

/** @returns {Promise<{items: Tracker[]}>} */
export const trackers = () => ask("GET", "/trackers");

/** Adds a tracker app; what sets it up is told this once. @returns {Promise<Added>} @param {string} kind @param {string} name */
export const addTracker = (kind, name) => ask("POST", "/trackers", { kind, name });

/** @param {number} id */
export const revokeTracker = (id) => ask("POST", `/trackers/${id}/revoke`);

/** What was not kept of one's positions, by day and reason. @returns {Promise<Page<SetAsideDay>>} @param {string | null} [cursor] */
export const setAside = (cursor) => ask("GET", `/trackers/set-aside${query({ limit: 7, cursor })}`);

/** When a request leaves, by this phone's clock. */
const sent_at = () => new Date().toISOString();

/** Starts a duty at the instant it was done. @returns {Promise<Trip>} @param {{trip_id: number, at: string}} step @param {number} person_id */
export const startTrip = ({ trip_id, at }, person_id) => ask("POST", `/trips/${trip_id}/start`, { at, sent_at: sent_at() }, person_id);

/** Ends a duty at the instant it was done. @returns {Promise<Trip>} @param {{trip_id: number, at: string, outcome: string}} step @param {number} person_id */
export const completeTrip = ({ trip_id, at, outcome }, person_id) =>
  ask("POST", `/trips/${trip_id}/complete`, { at, sent_at: sent_at(), outcome }, person_id);

/** Plans a duty under an id of the phone's own: sent again, it is the same one. @returns {Promise<Trip>} @param {Plan & {id: string}} plan @param {number} person_id */
export const planTrip = (plan, person_id) => ask("POST", "/trips", plan, person_id);

/** @returns {Promise<Trip>} @param {number} id @param {Plan} plan */
export const editTrip = (id, plan) => ask("PUT", `/trips/${id}`, plan);

/** Hands a plan in at the instant it was done. @returns {Promise<Trip>} @param {{trip_id: number, at: string}} step @param {number} [person_id] */
export const submitTrip = ({ trip_id, at }, person_id) => ask("POST", `/trips/${trip_id}/submit`, { at, sent_at: sent_at() }, person_id);

/** @returns {Promise<Trip>} @param {number} id @param {string} reason */
export const cancelTrip = (id, reason) => ask("POST", `/trips/${id}/cancel`, { reason });

/** Areas whose name holds these words. @returns {Promise<{items: Area[]}>} @param {string} name */
export const areas = (name) => ask("GET", `/areas${query({ name })}`);

/** The boundaries of one kind, thinned for drawing. @returns {Promise<Shape>} @param {string} kind @param {number} simplify_m */
export const boundaries = (kind, simplify_m) => ask("GET", `/areas.geojson${query({ kind, simplify_m })}`);

/** Colleagues whose name holds these words. @returns {Promise<{items: Companion[]}>} @param {string} q */
export const companions = (q) => ask("GET", `/companions${query({ q })}`);

/** Hands over fixes, in columns. @returns {Promise<Taken>} @param {Columns} columns @param {number} person_id */
export const sendFixes = (columns, person_id) =>
  ask("POST", "/positions", { sent_at: Date.now() / 1000, datum: "WGS-84", columns }, person_id);

/** @returns {Promise<ConsentWords>} @param {number} id */
export const consent = (id) => ask("GET", `/trips/${id}/consent`);

/** @returns {Promise<ConsentWords>} @param {number} id @param {Level} level */
export const giveConsent = (id, level) => ask("PUT", `/trips/${id}/consent`, { level });

/** @param {number} id */
export const withdrawConsent = (id) => ask("DELETE", `/trips/${id}/consent`);

/** Erases one's own track of a duty for good. @returns {Promise<Erased>} @param {number} id */
export const eraseTrack = (id) => ask("DELETE", `/trips/${id}/track`);

/** An area's boundary, of the version in force or of a named one. @returns {Promise<Shape>} @param {number} id @param {number | null} [version] */
export const area = (id, version) => ask("GET", `/areas/${id}.geojson${query({ version })}`);

/** Hands over a check-in; it says anew each time when it was sent. @returns {Promise<Checkin>} @param {CheckinIn} item @param {number} person_id */
export const sendCheckin = (item, person_id) => ask("POST", "/checkins", { ...item, sent_at: sent_at() }, person_id);

/** Announces a photo, or asks how much of it has arrived. @returns {Promise<Sent>} @param {string} id @param {object} told @param {number} person_id */
export const beginPhoto = (id, told, person_id) => ask("PUT", `/photos/${id}`, told, person_id);

/** Hands over the part of a photo that begins at an offset. @returns {Promise<Sent>} @param {string} id @param {number} offset @param {ArrayBuffer} part @param {number} person_id */
export const sendPart = (id, offset, part, person_id) => ask("PATCH", `/photos/${id}${query({ offset })}`, part, person_id);

/** A photo as others may see it. @returns {Promise<Blob>} @param {string} id @param {"thumb" | "stamped"} face */
export const picture = (id, face) => ask("GET", `/photos/${encodeURIComponent(id)}/${face}`);

/** Erases a photo of one's own for good. @param {string} id */
export const erasePhoto = (id) => ask("DELETE", `/photos/${encodeURIComponent(id)}`);

/** Blanks what is personal of a check-in of one's own, for good. @param {string} id */
export const eraseCheckin = (id) => ask("DELETE", `/checkins/${encodeURIComponent(id)}/detail`);

/** @returns {Promise<Checkin>} @param {string} id */
export const checkin = (id) => ask("GET", `/checkins/${encodeURIComponent(id)}`);

/** @returns {Promise<Checkin>} @param {string} id @param {string} note */
export const answer = (id, note) => ask("POST", `/checkins/${encodeURIComponent(id)}/answers`, { note });

/** What supervisors ask of me. @returns {Promise<{items: {checkin: Checkin}[]}>} */
export const asked = () => ask("GET", "/reviews?part=mine&limit=50");

/** @returns {Promise<Page<Checkin>>} @param {{person_id?: number, trip_id?: number, cursor?: string | null, limit?: number}} filters */
export const log = (filters) => ask("GET", `/log${query(filters)}`);

/** One's own log of a day, a week or a month. @returns {Promise<OwnLog>} @param {string} period */
export const ownLog = (period) => ask("GET", `/me/logs/${encodeURIComponent(period)}`);

/** A log as a file. @returns {Promise<Blob>} @param {string} path such as me/logs/2026-11 or trips/12/log @param {"docx" | "xlsx"} ending */
export const logFile = (path, ending) => ask("GET", `/${path}.${ending}`);

/** Hands over what one adds to one's log. @param {import("./savings.js").Told} told @param {number} person_id */
export const saveLog = ({ door, body }, person_id) => ask("PUT", `/${door}`, { ...body, sent_at: sent_at() }, person_id);

/** Erases what one wrote into a day. @returns {Promise<OwnLog>} @param {string} day */
export const eraseLog = (day) => ask("DELETE", `/me/logs/${encodeURIComponent(day)}`);

/** All that is held about oneself, as an archive. @returns {Promise<Blob>} */
export const copy = () => ask("GET", "/me/copy");

/** Stops that one's own track says one reached. @returns {Promise<{now: string, items: Arrival[]}>} @param {number} id */
export const arrivals = (id) => ask("GET", `/trips/${id}/arrivals`);

/** @returns {Promise<Page<Look>>} @param {string | null} [cursor] */
export const looks = (cursor) => ask("GET", `/looks/mine${query({ limit: 50, cursor })}`);

/** @returns {Promise<Page<Notice>>} @param {string | null} [cursor] */
export const notices = (cursor) => ask("GET", `/notices${query({ limit: 50, cursor })}`);

/** How many are unread. @returns {Promise<Unread>} */
export const unread = () => ask("GET", "/notices/unread");

/** @returns {Promise<Unread>} @param {number} id */
export const readNotice = (id) => ask("POST", `/notices/${id}/read`, {});

/** All up to one. @returns {Promise<Unread>} @param {number} upto */
export const readNotices = (upto) => ask("POST", "/notices/read", { upto });

/** @returns {Promise<Page<Matter>>} @param {string | null} [cursor] */
export const matters = (cursor) => ask("GET", `/matters/mine${query({ limit: 50, cursor })}`);

/** @returns {Promise<{items: Category[]}>} */
export const categories = () => ask("GET", "/categories");

/** What may be the same as that which one is about to report. @returns {Promise<{items: Known[]}>} @param {{category_id: number, place: string, lng: number | null, lat: number | null}} about */
export const known = (about) => ask("GET", `/matters/known${query(about)}`);

/** Hands over a report, as found on its patrol where it names one. @returns {Promise<Matter>} @param {MatterIn} told @param {number} person_id */
export const reportMatter = ({ patrol_id, ...told }, person_id) =>
  ask("POST", patrol_id ? `/patrols/${patrol_id}/findings` : "/matters", told, person_id);

/** @returns {Promise<Matter>} @param {"complaint" | "suggestion"} kind @param {string} text @param {string} page */
export const sendMatter = (kind, text, page) => ask("POST", "/matters", { kind, text, page });

/** A patrol with its checkpoints and what became of each. @param {number} id @returns {Promise<Patrol>} */
export const patrol = (id) => ask("GET", `/patrols/${id}`);

/** One's own patrols that are due, and those that one's unit may take. @returns {Promise<{items: Patrol[]}>} */
export const patrols = () => ask("GET", "/patrols?mine=1&state=due&limit=50");

/** @param {number} id @returns {Promise<Patrol>} */
export const takePatrol = (id) => ask("POST", `/patrols/${id}/take`);

/** The households one looks after, what is due first at the head. @returns {Promise<{items: Household[]}>} */
export const households = () => ask("GET", "/households/mine");

/** @param {number} id @param {{told_as: string, visited_on: string, note: string}} visit @returns {Promise<Household>} */
export const visitHousehold = (id, visit) => ask("POST", `/households/${id}/visits`, visit);
