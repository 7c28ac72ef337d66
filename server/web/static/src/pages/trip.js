/**
 * One trip reviewed: plan against what happened on one line of time, played on the map beside it; stops, whom they met,
 * check-ins with what was said about them, and on request one person's track.
 * @import {Checkin, Crossing, Member, Silence, Stop, Track, Tracked, Trip} from "../wire"
 * @import {Mark} from "../lib/timeline.js"
 */
import { createEmpty, extend, isEmpty } from "ol/extent.js";
import { lastPart } from "../lib/address.js";
import { along } from "../lib/along.js";
import { address, get, Refusal } from "../lib/api.js";
import { belonging } from "../lib/belonging.js";
import { checkinItem } from "../lib/checkin.js";
import { markWords } from "../lib/chronicle.js";
import { may, me, t } from "../lib/desk.js";
import { byId, el, fill } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { askReason, reasons, reasonWords } from "../lib/looks.js";
import { player } from "../lib/player.js";
import { printWhole } from "../lib/printing.js";
import { silenceNotice } from "../lib/silences.js";
import { attempt, blank, failure, loading, toast } from "../lib/states.js";
import { dates, day, dayInWords, fully, shortly, span, window as planned } from "../lib/time.js";
import { daysAway, marks as marksOf, whole } from "../lib/timeline.js";
import { atStop, chooser, silenceItems, summary, trackItems } from "../lib/tracks.js";
import { buttons, steps } from "../lib/trip.js";
import { badge, windowMark } from "../lib/verdict.js";
import { visitList } from "../lib/visit.js";
import { word } from "../lib/words.js";
import { makeMap } from "../map/canvas.js";
import { checkinLayer, key as checkinKey } from "../map/checkins.js";
import { follow, pointer, rows } from "../map/pointing.js";
import { stopLayer } from "../map/stops.js";
import { trackLayer } from "../map/track.js";
import { whereaboutsLayer } from "../map/whereabouts.js";

const id = Number(lastPart());
const LIMIT = 200;
const [FIRST_ZOOM, LAST_ZOOM] = [14, 18];

/** @type {Checkin[]} oldest first */
let checkins = [];
/** the projects and campaigns it belongs to @type {[string, HTMLElement | null][]} */
let belongs = [];
/** @type {Silence[]} by time */
let silences = [];
/** @type {Tracked[]} whose tracks may be opened */
let tracked = [];
/** @type {Track | null} the one that is shown */
let track = null;
/** @type {Crossing[]} of the person whose track is shown */
let crossings = [];
/** @type {string | null} why this sitting looks at this trip */
let reason = null;
/** for which zoom of the map the track was thinned */
let thinnedFor = FIRST_ZOOM;

/* ── the head: facts, steps, buttons ─────────────────────────────────────────────────────────────────── */

/** @param {Trip} trip */
function drawHead(trip) {
  document.title = [trip.title, t("挂图")].join(" · ");
  fill(
    byId("head"),
    el(
      "div.title",
      {},
      el("h1", {}, trip.title),
      el(`span.state.state-${trip.state}`, {}, word("trip", trip.state)),
      el(
        "div.end.buttons.no-print",
        {},
        buttons(trip, (changed) => void changedTo(changed)),
        may("trip.export") ? el("a.button", { href: asFile(), download: "", id: "as-docx" }, t("导出 Word")) : null,
        el("button.button", { type: "button", onclick: () => void printWhole() }, t("打印")),
      ),
    ),
    trip.state === "returned"
      ? el("div.notice.notice-wrong", {}, el("b", {}, t("退回的理由")), ` ${trip.returned_because || ""}`)
      : null,
    trip.state === "cancelled"
      ? el("div.notice.notice-wrong", {}, el("b", {}, t("取消的理由")), ` ${trip.cancelled_because || ""}`)
      : null,
    silenceNotice(silences),
    lapsed(trip),
  );
  drawFacts(trip);
}

/** @returns {string} where this review is had as a file, with the track that is shown */
function asFile() {
  return address(`/trips/${id}/review.docx`, { person_id: track?.person.id });
}

/** That nobody had ended it, so that the system did. @param {Trip} trip */
function lapsed(trip) {
  if (!trip.lapsed_at || !trip.ended_at) return null;
  return el(
    "div.notice",
    {},
    el("b", {}, t("系统已于 {at} 自动结束", { at: fully(trip.ended_at) })),
    el("p.under", {}, t("超过计划结束时间 {n} 小时无人结束。此后的定位点没有保存。", { n: trip.overran_h ?? 0 })),
  );
}

/** @param {Trip} changed */
async function changedTo(changed) {
  toast(t("已更新：{state}", { state: word("trip", changed.state) }));
  drawHead(changed);
  drawMembers(changed);
}

/** @param {Trip} trip */
function drawFacts(trip) {
  const { planned: meant, away } = daysAway(trip);
  /** @type {[string, Node | string | null | undefined][]} */
  const lines = [
    [t("日期"), dates(trip.starts_on, trip.ends_on)],
    [t("在外天数"), away === null ? null : t("{n} 天（计划 {m} 天）", { n: away, m: meant })],
    [t("目的地"), trip.destination],
    [t("单位"), trip.unit.name],
    [t("带队"), trip.leader.name],
    [t("计划人"), trip.planner.name],
    [t("产业链"), trip.chain],
    ...belongs,
    [t("性质"), word("purpose", trip.purpose)],
    [t("依据"), trip.basis],
    [t("位置"), word("tracking", trip.tracking)],
    [t("照片"), trip.photos_required ? t("签到要带照片，依据如上") : null],
    [t("位置自何时起保存"), trip.tracking === "none" || !trip.start_known_at ? null : shortly(trip.start_known_at)],
  ];
  fill(
    byId("facts"),
    el("div.sheet-head", {}, el("h2", {}, t("行程信息"))),
    el(
      "div.sheet-body",
      {},
      steps(trip),
      el(
        "dl.facts",
        {},
        lines.filter(([, value]) => value).map(([label, value]) => [el("dt", {}, label), el("dd", {}, value)]),
        trip.aim ? [el("dt", {}, t("目的")), el("dd", {}, trip.aim)] : null,
        trip.outcome ? [el("dt", {}, t("成果")), el("dd", {}, trip.outcome)] : null,
      ),
    ),
  );
}

/** @param {Trip} trip */
function drawMembers(trip) {
  fill(
    byId("members"),
    el("div.sheet-head", {}, el("h2", {}, t("成员与同意")), el("span.faint.small", {}, t("各人自愿，随时可以撤回"))),
    el(
      "div.table-wrap",
      {},
      el(
        "table.table.table-short",
        {},
        el(
          "tbody",
          {},
          trip.members.map((member) =>
            el(
              "tr",
              {},
              el(
                "td.nowrap",
                {},
                el("b", {}, member.name),
                member.leading ? el("span.faint", {}, " ", t("带队")) : null,
                el("span.under", {}, member.unit.name),
              ),
              el("td", {}, consent(member, trip)),
            ),
          ),
        ),
      ),
    ),
  );
}

/** @param {Member} member @param {Trip} trip */
function consent({ consent: given }, trip) {
  if (trip.tracking === "none") return el("span.faint", {}, t("本行程不记位置"));
  if (!given) return el("span.faint", {}, t("尚未同意，签到不带位置"));
  if (given.withdrawn_at) return [el("span.late", {}, t("已撤回")), el("span.under", {}, shortly(given.withdrawn_at))];
  return [t("同意：{level}", { level: word("tracking", given.level) }), el("span.under", {}, shortly(given.given_at))];
}

/* ── stops against arrivals ──────────────────────────────────────────────────────────────────────────── */

/** @param {Trip} trip */
function drawStops(trip) {
  const head = el("div.sheet-head", {}, el("h2", {}, t("行程点")), el("span.faint.small", {}, t("计划与实际")));
  const list = trip.stops.length ? el("ol.stops", {}, trip.stops.map(stopItem)) : blank(t("没有行程点"));
  fill(byId("stops"), head, list);
}

/** @param {Stop} stop @param {number} index */
function stopItem(stop, index) {
  const here = checkins.filter((checkin) => checkin.stop?.id === stop.id);
  const arrival = here.find((checkin) => checkin.kind === "arrive") || here[0];
  const leaving = here.filter((checkin) => checkin.kind === "leave").pop();
  const item = el(
    "li.stop",
    { dataset: { key: `stop:${stop.id}` }, tabindex: 0 },
    el("span.stop-number", {}, index + 1),
    el("div.stop-name", {}, el("b", {}, stop.name), el("span.faint.small", {}, ground(stop))),
    el(
      "dl.stop-plan",
      {},
      el("dt", {}, t("计划")),
      el("dd", {}, stop.planned_from && stop.planned_to ? planned(stop.planned_from, stop.planned_to) : t("不限时间")),
      el("dt", {}, t("到达")),
      el(
        "dd",
        {},
        arrival
          ? [
              el("time", { datetime: arrival.happened_at }, shortly(arrival.happened_at)),
              ` ${arrival.person.name} `,
              windowMark(arrival, span),
              " ",
              badge(arrival.verdict),
            ]
          : el("span.faint", {}, t("尚无签到")),
      ),
      atStop(track, stop),
      leaving
        ? [el("dt", {}, t("离开")), el("dd", {}, `${shortly(leaving.happened_at)} ${leaving.person.name}`)]
        : null,
      stop.host_enterprise ? [el("dt", {}, t("接待企业")), el("dd", {}, stop.host_enterprise)] : null,
    ),
  );
  if (arrival) item.classList.add("stop-reached");
  return item;
}

/** @param {Stop} stop */
function ground(stop) {
  const where = stop.area_name || t("半径 {n} 米", { n: Math.round(stop.radius_m || 0) });
  return [where, stop.tolerance_m ? t("容差 {n} 米", { n: Math.round(stop.tolerance_m) }) : ""]
    .filter(Boolean)
    .join(" · ");
}

/* ── the line of time ────────────────────────────────────────────────────────────────────────────────── */

function drawLine() {
  const head = el(
    "div.sheet-head",
    {},
    el("h2", {}, t("经过")),
    el("span.faint.small", {}, t("{n} 次签到", { n: checkins.length })),
    el("span.end.no-print", {}, el("a.small", { href: `/log?trip_id=${id}` }, t("在走访日志中查看"))),
  );
  const told = [
    ...checkins.map((checkin) => ({
      at: checkin.happened_at,
      node: checkinItem(checkin, checkinKey(checkin), reviewed),
    })),
    ...(track ? trackItems(track, crossings) : []),
    ...silenceItems(silences),
  ].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  if (!told.length) return fill(byId("line"), head, blank(t("还没有签到"), t("行程中的签到会按时间排在这里。")));
  return fill(byId("line"), head, el("ol.line", {}, told.map(withDays)));
}

/** @param {{at: string, node: Node}} item @param {number} index @param {{at: string}[]} all @returns {Node[]} with its day, where one begins */
function withDays({ at, node }, index, all) {
  const before = all[index - 1];
  const begins = !before || day(before.at) !== day(at);
  return begins ? [el("li.line-day", {}, dayInWords(at)), node] : [node];
}

/** Only its own row is drawn anew, and keeps the focus: the list stays where it was. @param {Checkin} changed */
function reviewed(changed) {
  checkins = checkins.map((checkin) => (checkin.id === changed.id ? changed : checkin));
  const key = checkinKey(changed);
  const row = checkinItem(changed, key, reviewed);
  byId("line").querySelector(`[data-key="${CSS.escape(key)}"]`)?.replaceWith(row);
  row.focus({ preventScroll: true });
  toast(t("已记录。"));
}

/** Whom they met. */
function drawVisits() {
  const met = checkins.filter((checkin) => checkin.met).length;
  const head = el(
    "div.sheet-head",
    {},
    el("h2", {}, t("会见与成果")),
    met ? el("span.faint.small", {}, t("{n} 次", { n: met })) : null,
  );
  fill(byId("visits"), head, visitList(checkins));
}

/* ── played ──────────────────────────────────────────────────────────────────────────────────────────── */

const film = player({ words: markWords, shown, chosen: ({ key }) => chosen(key) });

/** @param {Trip} trip */
function drawFilm(trip) {
  byId("play").hidden = !trip.started_at && !checkins.length; // nothing has happened yet that could be played
  const all = marksOf(trip, { checkins, silences, track, crossings });
  if (!film.node.isConnected) fill(byId("play"), film.node);
  film.put(all, whole(trip, all), track);
}

/** The map and the lists show what is at an instant. @param {number} at @param {Mark[]} here */
function shown(at, here) {
  whereabouts.show(track && along(track, at), track?.person.name ?? "");
  const lit = here.find(({ key }) => /^(checkin|stay):/.test(key)) || here.find(({ key }) => key.startsWith("stop:"));
  pointing.point(lit?.key ?? null, "list");
  if (lit) keepInView(lit.key);
}

/** Scroll the list, and nothing else, to what is lit in it. @param {string} key */
function keepInView(key) {
  const list = byId("line").querySelector(".line");
  const row = /** @type {HTMLElement | null} */ (list?.querySelector(`[data-key="${CSS.escape(key)}"]`));
  if (!list || !row || document.activeElement === row) return;
  const [top, low] = [row.offsetTop - list.scrollTop, list.clientHeight - row.offsetHeight];
  if (top < 0 || top > low) list.scrollTop = row.offsetTop - list.clientHeight / 3;
}

/** What is clicked in a list is gone to in time. @param {MouseEvent} event */
function goTo(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  if (target.closest("a, button, input, textarea")) return;
  const instant = target.closest("[data-key]")?.querySelector("time")?.dateTime;
  if (instant) film.go(Date.parse(instant));
}

/* ── the map ─────────────────────────────────────────────────────────────────────────────────────────── */

const wall = makeMap(byId("map"), { label: t("地图：行程点、签到与轨迹") });
const pointing = pointer();
const stopsOnMap = stopLayer(wall, pointing, { raised: true });
const way = trackLayer(wall, pointing);
const marks = checkinLayer(wall, pointing);
const whereabouts = whereaboutsLayer(wall);

/** @param {Stop[]} stops @returns {Promise<Record<number, object>>} the stops' areas by id */
async function shapesOf(stops) {
  const ids = [...new Set(stops.map((stop) => stop.area_id).filter((area) => area !== null))];
  const read = await Promise.all(ids.map((area) => get("/areas.geojson", { id: area })));
  return Object.fromEntries(
    read.flatMap((collection) => collection.features).map((feature) => [feature.properties.id, feature]),
  );
}

function frameMap() {
  const extent = createEmpty();
  for (const part of [stopsOnMap.extent(), marks.extent(), way.extent()]) if (part) extend(extent, part);
  wall.fit(isEmpty(extent) ? wall.whole() : extent);
}

/** @param {Trip} trip */
async function drawMap(trip) {
  try {
    wall.showAreas(await get("/areas.geojson"));
    stopsOnMap.show(trip.stops, await shapesOf(trip.stops));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast(error.message, true);
  }
  showMarks();
  frameMap();
}

/** Check-ins on the map; the stops' names stand beside them. */
function showMarks() {
  marks.show(checkins);
  stopsOnMap.avoid(checkins.flatMap(({ position }) => (position ? [wall.place(position.lng, position.lat)] : [])));
}

/** @param {string} key bring into view what was chosen in a list */
function chosen(key) {
  document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.scrollIntoView({ block: "nearest" });
}

/* ── positions of others: the reason, and that the look is recorded ──────────────────────────────────── */

/** @param {Trip} trip */
function drawLookNote(trip) {
  const missing = checkins.some((checkin) => checkin.position_withheld === "reason_needed");
  const others =
    checkins.some((checkin) => checkin.position && checkin.person.id !== me().id) ||
    Boolean(track && track.person.id !== me().id);
  byId("look").hidden = !missing && !others;
  if (missing)
    fill(
      byId("look"),
      el("span", {}, t("签到的位置尚未打开。")),
      el(
        "button.button.button-small",
        { type: "button", onclick: () => void openPositions(trip) },
        t("说明理由并打开"),
      ),
    );
  else void sayRecorded();
}

/** That the look is recorded, and with which reason. */
async function sayRecorded() {
  const said = reason ? t("理由：{reason}", { reason: reasonWords(reason, await reasons()) }) : "";
  fill(byId("look"), el("span", {}, t("本次查看已记录，行程成员可以看到是谁、何时、为何查看。"), " ", said));
}

/** @param {Trip} trip */
async function openPositions(trip) {
  if (!(await askReason({ trip_id: trip.id, title: t("打开这次行程的位置") }))) return;
  await Promise.all([readCheckins(), readTracked()]);
  showMarks();
  drawFilm(trip);
  frameMap();
  drawLookNote(trip);
}

/* ── a person's track ────────────────────────────────────────────────────────────────────────────────── */

/** @param {Trip} trip */
function drawTrack(trip) {
  byId("track").hidden = !tracked.length;
  fill(
    byId("track"),
    chooser(tracked, track?.person.id ?? 0, (person) => void showTrack(trip, person)),
    track ? summary(track, trip.id) : null,
  );
}

/** @param {Trip} trip @param {number} person_id 0 for nobody */
async function showTrack(trip, person_id) {
  try {
    thinnedFor = FIRST_ZOOM;
    const opened = person_id ? await readTrack(trip, person_id) : null;
    track = opened?.track ?? null;
    crossings = opened?.crossings ?? [];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast(error.message, true);
  }
  way.show(track);
  drawTrack(trip);
  drawStops(trip);
  drawLine();
  drawLookNote(trip);
  drawFilm(trip);
  document.getElementById("as-docx")?.setAttribute("href", asFile());
  frameMap();
}

/** Looked at from nearer, the track is read anew, thinned less. @param {Trip} trip */
async function readFiner(trip) {
  const zoom = Math.min(LAST_ZOOM, Math.ceil(wall.view.getZoom() ?? 0));
  const whose = track?.person.id;
  if (!track || zoom <= thinnedFor) return;
  thinnedFor = zoom;
  const finer = await attempt(() => get(`/trips/${id}/track`, { person_id: whose, zoom }));
  if (!finer || track?.person.id !== whose || thinnedFor !== zoom) return;
  track = finer;
  way.show(track);
  drawFilm(trip);
}

/**
 * Another's track opens once this sitting has said why: asked here where it has not.
 * @param {Trip} trip
 * @param {number} person_id
 * @returns {Promise<{track: Track, crossings: Crossing[]} | null>} null when no reason was given
 */
async function readTrack(trip, person_id) {
  const ask = () =>
    Promise.all([
      get(`/trips/${id}/track`, { person_id, zoom: FIRST_ZOOM }),
      get(`/trips/${id}/crossings`, { person_id }).then((answer) => answer.items),
    ]);
  try {
    if (reason || person_id === me().id) {
      const [read, crossed] = await ask();
      return { track: read, crossings: crossed };
    }
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== "reason_needed") throw error;
  }
  if (!(await askReason({ trip_id: trip.id, title: t("打开轨迹") }))) return null;
  await Promise.all([readCheckins(), readTracked()]);
  marks.show(checkins);
  const [read, crossed] = await ask();
  return { track: read, crossings: crossed };
}

/* ── beginning ───────────────────────────────────────────────────────────────────────────────────────── */

async function readCheckins() {
  /** @type {Checkin[]} */
  const read = [];
  /** @type {string | null} */
  let cursor = null;
  do {
    const page = /** @type {import("../wire").Page<Checkin>} */ (
      await get("/log", { trip_id: id, limit: LIMIT, cursor })
    );
    read.push(...page.items);
    cursor = page.next;
  } while (cursor);
  checkins = read.reverse();
  drawLine();
  drawVisits();
}

async function readTracked() {
  const answer = await get(`/trips/${id}/tracks`);
  [tracked, reason] = [answer.items, answer.reason];
}

async function begin() {
  frame();
  const head = byId("head");
  fill(head, loading());
  try {
    const trip = /** @type {Trip} */ (await get(`/trips/${id}`));
    silences = (await get(`/trips/${id}/silences`)).items;
    belongs = await belonging(`/trips/${id}`);
    await readTracked();
    if (may("checkin.read")) await readCheckins();
    byId("body").hidden = false;
    drawHead(trip);
    drawMembers(trip);
    drawStops(trip);
    drawVisits();
    drawTrack(trip);
    drawFilm(trip);
    await drawMap(trip);
    drawLookNote(trip);
    follow(wall.map, pointing, ({ key }) => chosen(key));
    for (const list of [byId("stops"), byId("line")]) {
      rows(list, pointing);
      list.addEventListener("click", goTo);
    }
    wall.map.on("moveend", () => void readFiner(trip));
    if (checkins.some((checkin) => checkin.position_withheld === "reason_needed")) await openPositions(trip);
  } catch (error) {
    fill(
      head,
      failure(error, () => location.reload()),
    );
  }
}

void begin();
