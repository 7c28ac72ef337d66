/**
 * The live map (挂图): areas, people on duty, check-ins as they come, and the list that tells the same story.
 * @import {Checkin, Place, Silence} from "../wire"
 */
import Overlay from "ol/Overlay.js";
import { boundingExtent, containsCoordinate } from "ol/extent.js";
import { read, write } from "../lib/address.js";
import { get, Refusal, signInAgain } from "../lib/api.js";
import { may, t } from "../lib/desk.js";
import { byId, el, fill, refill } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { askReason } from "../lib/looks.js";
import { picker } from "../lib/picker.js";
import { silenceAlert, silenceRow } from "../lib/silences.js";
import { searchUnits, unitById, units } from "../lib/sources.js";
import { blank, failure, loading, toast } from "../lib/states.js";
import { listen } from "../lib/stream.js";
import { checkinCard, checkinRow, personCard, personRow } from "../lib/story.js";
import { span } from "../lib/time.js";
import { codes, word } from "../lib/words.js";
import { makeMap } from "../map/canvas.js";
import { checkinLayer, key as checkinKey } from "../map/checkins.js";
import { legend } from "../map/legend.js";
import { FADING_S } from "../map/marks.js";
import { key as personKey, peopleLayer } from "../map/people.js";
import { follow, pointer, rows } from "../map/pointing.js";

const KEPT = 200;
const FIRST = 60;
const TICK_MS = 10_000;

const filters = read(["unit_id", "kind"]);
const wall = makeMap(byId("map"), { label: t("地图：区域、在岗人员和签到") });
const pointing = pointer();
const people = peopleLayer(wall, pointing, { ageOf: placeAge, silent: isSilent });
const marks = checkinLayer(wall, pointing);
const live = byId("live");
const checkinList = byId("checkins");
const peopleList = byId("people");
const card = el("div.map-card", { hidden: true });

/** @type {Map<string, Checkin>} newest check-ins by id */
const checkins = new Map();
/** @type {Map<number, Place & {read_ms: number}>} last places by person */
const places = new Map();
/** @type {Map<number, Silence>} phones that are silent now, by the silence's id */
const silences = new Map();
/** Light what is pointed at again in a list drawn anew. */
const relight = { checkins: rows(checkinList, pointing), people: rows(peopleList, pointing) };

/** @type {{stop: () => void} | null} */
let stream = null;
let heard_ms = performance.now();
let cut = false;
let reasonMissing = false;

/** @param {Place} place @returns {number} its age now (s), counted from when it was read */
function placeAge(place) {
  const read_ms = places.get(place.person.id)?.read_ms ?? performance.now();
  return place.age_s + (performance.now() - read_ms) / 1000;
}

/** @param {Place} place @returns {boolean} whether that person's phone is silent */
function isSilent(place) {
  return [...silences.values()].some((silence) => silence.person.id === place.person.id);
}

/* ── reading ─────────────────────────────────────────────────────────────────────────────────────────── */

async function readAreas() {
  try {
    wall.showAreas(await get("/areas.geojson"));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast(error.message, true);
  }
}

/** Last places; the first time in a sitting the server wants to know why. */
async function readPlaces() {
  try {
    const answer = await get("/places", { unit_id: filters.unit_id });
    reasonMissing = false;
    places.clear();
    keepPlaces(answer.items);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.code === "reason_needed") reasonMissing = true;
    else fill(peopleList, failure(error, load));
    return;
  }
  drawPeople();
}

/** @param {Place[]} items */
function keepPlaces(items) {
  for (const item of items) places.set(item.person.id, { ...item, read_ms: performance.now() });
}

/** @param {{items?: Place[], gone?: number[]}} told who is somewhere else now, or off the map */
function movePlaces({ items = [], gone = [] }) {
  keepPlaces(items);
  for (const person of gone) places.delete(person);
  drawPeople();
}

async function readCheckins() {
  try {
    const answer = await get("/log", { limit: FIRST, unit_id: filters.unit_id, kind: filters.kind });
    checkins.clear();
    for (const checkin of answer.items) checkins.set(checkin.id, checkin);
    drawCheckins();
  } catch (error) {
    fill(checkinList, failure(error, load));
  }
}

/** Phones that are silent: no position is in it, so no reason is asked. */
async function readSilences() {
  try {
    const answer = await get("/silences", { unit_id: filters.unit_id });
    silences.clear();
    for (const silence of answer.items) silences.set(silence.id, silence);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast(error.message, true);
  }
  tellSilences();
}

/** @param {Silence} silence begun, or over */
function hearSilence(silence) {
  if (silence.ended_at) silences.delete(silence.id);
  else silences.set(silence.id, silence);
  tellSilences();
  if (reasonMissing) tellMissing();
  else drawPeople();
}

function tellSilences() {
  const lasting = [...silences.values()];
  byId("silent").hidden = !lasting.length;
  fill(
    byId("silent"),
    silenceAlert(lasting, () => turnTo("people")),
  );
}

async function load() {
  fill(checkinList, loading());
  fill(peopleList, loading());
  await readSilences();
  await Promise.all([readPlaces(), readCheckins()]);
  tellMissing();
}

/** Ask why; whoever would rather not say keeps the areas and the list without positions. */
async function giveReason() {
  if (await askReason({ title: t("打开实时位置") })) await load();
}

/** Say on the map and in the list that positions are closed, and how to open them; nothing when they are open. */
function tellMissing() {
  byId("note").hidden = !reasonMissing;
  if (!reasonMissing) return;
  fill(
    byId("note"),
    t("位置未打开：尚未说明理由。"),
    el("button.button.button-small", { type: "button", onclick: () => void giveReason() }, t("说明理由")),
  );
  fill(peopleList, silentRows(), blank(t("位置未打开"), t("说明理由后可查看在岗人员的最新位置。")));
}

/* ── the stream ──────────────────────────────────────────────────────────────────────────────────────── */

function connect() {
  stream?.stop();
  stream = listen(
    { unit_id: filters.unit_id },
    { event: take, alive: setAlive, ended: signInAgain, refused: () => location.reload() },
  );
}

/** @param {string} event @param {any} data */
function take(event, data) {
  heard_ms = performance.now();
  if (event === "checkin") arrive(data.checkin);
  else if (event === "place" && !reasonMissing) movePlaces(data);
  else if (event === "silence") hearSilence(data.silence);
  else if (event === "areas") void readAreas();
  else if (event === "resync") void load();
}

/** @param {boolean} alive */
function setAlive(alive) {
  if (alive) heard_ms = performance.now();
  cut = !alive;
  tellLive();
}

function tellLive() {
  live.className = cut ? "live live-cut" : "live";
  const silent_s = (performance.now() - heard_ms) / 1000;
  live.textContent = cut ? t("已断开 · {span}前的数据", { span: span(Math.max(1, silent_s)) }) : t("实时");
}

/** @param {Checkin} checkin */
function arrive(checkin) {
  if (filters.kind && checkin.kind !== filters.kind) return;
  const fresh = !checkins.has(checkin.id);
  checkins.set(checkin.id, checkin);
  drawCheckins(fresh ? checkin.id : "");
}

/* ── the list and the marks ──────────────────────────────────────────────────────────────────────────── */

/** @returns {Checkin[]} newest first */
function newest() {
  const sorted = [...checkins.values()].sort(
    (a, b) => b.happened_at.localeCompare(a.happened_at) || b.number - a.number,
  );
  for (const dropped of sorted.splice(KEPT)) checkins.delete(dropped.id);
  return sorted;
}

/** @param {string} [fresh] id of the one that has just come */
function drawCheckins(fresh = "") {
  const items = newest();
  byId("checkin-count").textContent = String(items.length);
  if (!items.length) return fill(checkinList, blank(t("还没有签到"), t("有人签到时会立刻出现在这里。")));
  refill(
    checkinList,
    el(
      "ul.rows",
      {},
      items.map((item) =>
        checkinRow(item, { key: checkinKey(item), fresh: item.id === fresh, go: () => go(checkinKey(item)) }),
      ),
    ),
  );
  relight.checkins();
  if (!fresh) return marks.show(items);
  const one = checkins.get(fresh);
  return one && marks.drop(one);
}

function drawPeople() {
  const items = [...places.values()].sort((a, b) => a.unit.id - b.unit.id || a.person.id - b.person.id);
  people.show(items);
  tellOutside();
  byId("people-count").textContent = String(items.length);
  if (!items.length)
    return fill(peopleList, silentRows(), blank(t("现在没有人在岗"), t("行程开始后，同意记录位置的人会出现在这里。")));
  refill(peopleList, silentRows(), el("ul.rows", {}, items.map(personLine)));
  return relight.people();
}

/** @returns {HTMLElement | null} phones that are silent, above those that are heard, in the order of units */
function silentRows() {
  const lasting = [...silences.values()].sort((a, b) => a.unit.id - b.unit.id || a.person.id - b.person.id);
  return lasting.length ? el("ul.rows", {}, lasting.map(silenceRow)) : null;
}

/** @param {Place} place */
function personLine(place) {
  const age_s = placeAge(place);
  return personRow(place, { key: personKey(place), age_s, old: age_s > FADING_S, go: () => go(personKey(place)) });
}

/** @returns {number[][]} where everybody on duty is drawn */
function everywhere() {
  return [...places.values()].map(({ position }) => wall.place(position.lng, position.lat));
}

/** Many are on duty far away: say how many the map does not show just now, and show them on request. */
function tellOutside() {
  const view = wall.view.calculateExtent(wall.map.getSize());
  const outside = everywhere().filter((where) => !containsCoordinate(view, where)).length;
  const chip = byId("outside");
  chip.hidden = outside === 0;
  if (outside)
    fill(
      chip,
      t("地图外还有 {n} 人在岗", { n: outside }),
      el("button.link", { type: "button", onclick: () => wall.fit(boundingExtent(everywhere()), 350) }, t("看全部")),
    );
}

/** @param {string} key @returns {number[] | undefined} where a thing is drawn */
function whereIs(key) {
  if (key.startsWith("checkin:")) return marks.where(key);
  const place = places.get(Number(key.slice("person:".length)));
  return place && wall.place(place.position.lng, place.position.lat);
}

/** @param {string} key bring it into view */
function go(key) {
  const where = whereIs(key);
  if (!where) return toast(t("这次签到没有可显示的位置。"));
  const zoom = Math.max(wall.view.getZoom() || 0, 12);
  wall.view.animate({ center: where, zoom, duration: 350 });
  return pointing.point(key, "map");
}

/** @param {string} key @param {import("ol/Feature.js").FeatureLike} feature chosen on the map */
function chosen(key, feature) {
  const together = /** @type {Place[] | undefined} */ (feature.get("places"));
  if (together && together.length > 1) {
    wall.fit(boundingExtent(together.map((place) => wall.place(place.position.lng, place.position.lat))), 350);
  }
  turnTo(key.startsWith("person:") ? "people" : "checkins");
  document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.scrollIntoView({ block: "center" });
}

/* ── the card over a mark ────────────────────────────────────────────────────────────────────────────── */

const overlay = new Overlay({ element: card, stopEvent: false });
wall.map.addOverlay(overlay);

pointing.hear((now) => {
  const where = now ? whereIs(now) : undefined;
  card.hidden = !where;
  if (!now || !where) return;
  fill(card, cardOf(now));
  overlay.setPosition(where);
});

/** @param {string} key */
function cardOf(key) {
  const place = places.get(Number(key.slice("person:".length)));
  const checkin = checkins.get(key.slice("checkin:".length));
  if (key.startsWith("person:")) return place ? personCard(place, placeAge(place)) : null;
  return checkin ? checkinCard(checkin) : null;
}

/* ── filters and tabs ────────────────────────────────────────────────────────────────────────────────── */

/** @param {string} name "checkins" or "people" */
function turnTo(name) {
  for (const tab of ["checkins", "people"]) {
    byId(`tab-${tab}`).setAttribute("aria-selected", String(tab === name));
    byId(`tab-${tab}`).tabIndex = tab === name ? 0 : -1;
    byId(tab).hidden = tab !== name;
  }
}

function wireTabs() {
  for (const name of ["checkins", "people"]) {
    byId(`tab-${name}`).addEventListener("click", () => turnTo(name));
    byId(`tab-${name}`).addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      const other = name === "people" ? "checkins" : "people";
      turnTo(other);
      byId(`tab-${other}`).focus();
    });
  }
}

/** @param {Record<string, string>} change */
function refilter(change) {
  Object.assign(filters, change);
  write(filters);
  connect();
  void load();
}

async function wireFilters() {
  const kind = /** @type {HTMLSelectElement} */ (byId("filter-kind"));
  fill(
    kind,
    el("option", { value: "" }, t("全部种类")),
    codes("checkin").map((code) => el("option", { value: code }, word("checkin", code))),
  );
  kind.value = filters.kind || "";
  kind.addEventListener("change", () => refilter({ kind: kind.value }));
  await units();
  const unit = picker({
    id: "filter-unit",
    placeholder: t("全部单位"),
    search: searchUnits,
    value: filters.unit_id ? await unitById(filters.unit_id) : null,
    chosen: (choice) => refilter({ unit_id: choice?.id || "" }),
  });
  byId("filter-unit-place").replaceWith(unit.node);
}

/* ── beginning ───────────────────────────────────────────────────────────────────────────────────────── */

function tick() {
  tellLive();
  people.refresh();
  if (places.size && !byId("people").hidden) drawPeople();
}

/** Whoever administers areas but may not see people gets the map and is told so. */
function areasOnly() {
  const words = t("您的角色不能查看人员的位置和签到，这里只显示区域。需要查看请联系县级督查部门。");
  for (const list of [checkinList, peopleList]) fill(list, blank(t("这里的内容不在您的权限内"), words));
  document.querySelectorAll(".wall > .filters .field").forEach((field) => {
    /** @type {HTMLElement} */ (field).hidden = true;
  });
  live.hidden = true;
}

async function begin() {
  frame();
  byId("map").append(legend());
  wireTabs();
  follow(wall.map, pointing, chosen);
  wall.map.on("moveend", tellOutside);
  await readAreas();
  wall.fit(wall.whole());
  if (!may("place.read")) return areasOnly();
  connect();
  await wireFilters();
  await load();
  setInterval(tick, TICK_MS);
  if (reasonMissing) await giveReason();
  return undefined;
}

void begin();
