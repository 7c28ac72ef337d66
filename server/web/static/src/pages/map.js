/**
 * The live map (挂图): areas, people on duty, check-ins as they come, and the list that tells the same story.
 * @import {Checkin, Crossing, Place, Silence} from "../wire"
 */
import Overlay from "ol/Overlay.js";
import { boundingExtent, containsCoordinate } from "ol/extent.js";
import { read, write } from "../lib/address.js";
import { get, Refusal, signInAgain } from "../lib/api.js";
import { may, t } from "../lib/desk.js";
import { byId, el, fill, refill } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { askReason } from "../lib/looks.js";
import { SHOWN, woven } from "../lib/passing.js";
import { picker } from "../lib/picker.js";
import { presence } from "../lib/places.js";
import { silenceAlert, silenceRow } from "../lib/silences.js";
import { searchUnits, unitById, units } from "../lib/sources.js";
import { blank, failure, loading, toast } from "../lib/states.js";
import { listen } from "../lib/stream.js";
import { agePersonRow, checkinCard, checkinRow, crossingRow, personCard, personRow } from "../lib/story.js";
import { age, hear, span } from "../lib/time.js";
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
const OPENS_WITHIN_MS = 3_000;

const filters = read(["unit_id", "kind"]);
const wall = makeMap(byId("map"), { label: t("地图：区域、在岗人员和签到") });
const pointing = pointer();
const people = peopleLayer(wall, pointing, { ageOf: (place) => age(place.at), silent: isSilent });
const marks = checkinLayer(wall, pointing);
const live = byId("live");
const checkinList = byId("checkins");
const peopleList = byId("people");
const card = el("div.map-card", { hidden: true });

/** @type {Map<string, Checkin>} newest check-ins by id */
const checkins = new Map();
/** @type {Map<number, Crossing>} latest crossings by id */
const crossings = new Map();
/** Last places of everybody on duty. */
const places = presence();
/** @type {Map<number, HTMLLIElement>} rows of the list of people, by person */
const personRows = new Map();
/** @type {Map<number, Silence>} phones that are silent now, by the silence's id */
const silences = new Map();
/** Light what is pointed at again in a list drawn anew. */
const relight = { checkins: rows(checkinList, pointing), people: rows(peopleList, pointing) };

/** @type {{stop: () => void} | null} */
let stream = null;
let heard_ms = performance.now();
let cut = false;
let stalled_s = 0;
let loaded = false;
let reasonMissing = false;
let asked = false;
let more = false;

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

/** Last places; the first time in a sitting the server wants to know why. What the stream tells meanwhile is kept. */
async function readPlaces() {
  places.asked();
  /** @type {Place[] | null} */
  let items = null;
  try {
    const answer = await get("/places", { unit_id: filters.unit_id });
    hear(answer.now);
    items = answer.items;
    reasonMissing = false;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.code === "reason_needed") reasonMissing = true;
    else fill(peopleList, failure(error, load));
  } finally {
    places.answered(items);
  }
  if (items) drawPeople();
}

/** The latest crossings; without a reason there are none to be seen, which the list of people says. */
async function readCrossings() {
  if (reasonMissing) return;
  try {
    const answer = await get("/crossings", { unit_id: filters.unit_id });
    crossings.clear();
    for (const crossing of answer.items) crossings.set(crossing.id, crossing);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast(error.message, true);
  }
}

/** @param {{now?: string, items?: Place[], gone?: number[]}} told who is somewhere else now, or off the map */
function movePlaces(told) {
  if (told.now) hear(told.now);
  places.take(told);
  soon();
}

let drawing = false;

/** Draw people once for all that comes before the next frame; not at all while nobody looks at the page. */
function soon() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    drawPeople();
  });
}

/** @returns {Promise<boolean>} whether they came */
async function readCheckins() {
  try {
    const answer = await get("/log", { limit: FIRST, unit_id: filters.unit_id, kind: filters.kind });
    checkins.clear();
    for (const checkin of answer.items) checkins.set(checkin.id, checkin);
    return true;
  } catch (error) {
    fill(checkinList, failure(error, load));
    return false;
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
  personRows.clear();
  const lasting = [...silences.values()];
  byId("silent").hidden = !lasting.length;
  fill(
    byId("silent"),
    silenceAlert(lasting, () => turnTo("people")),
  );
}

async function load() {
  if (!loaded) [checkinList, peopleList].forEach((list) => fill(list, loading()));
  loaded = true;
  await readSilences();
  const [read] = await Promise.all([readCheckins(), readPlaces().then(readCrossings)]);
  if (read) drawCheckins();
  tellMissing();
}

/** Ask why; whoever would rather not say keeps the areas and the list without positions. */
async function giveReason() {
  if (await askReason({ title: t("打开实时位置") })) await load();
}

/** Say on the map and in the list that positions are closed, and how to open them; nothing when they are open. */
function tellMissing() {
  if (reasonMissing && !asked) void giveReason();
  asked = asked || reasonMissing;
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
  setTimeout(() => loaded || void load(), OPENS_WITHIN_MS);
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
  else if (event === "crossing" && !reasonMissing) cross(data);
  else if (event === "stall") tellStall(data.lag_s);
  else if (event === "silence") hearSilence(data.silence);
  else if (event === "areas") void readAreas();
  else if (event === "resync") void load();
}

/**
 * What is shown is read once the stream is open, so that nothing falls between; places again each time it opens, for
 * they are not told anew to who comes back.
 * @param {boolean} alive
 */
function setAlive(alive) {
  if (alive) heard_ms = performance.now();
  if (alive) void (loaded ? readPlaces() : load());
  cut = !alive;
  stalled_s = 0;
  tellLive();
}

/** @param {number} lag_s for how long the server has had nothing to tell though something happened; 0: it goes on */
function tellStall(lag_s) {
  stalled_s = lag_s;
  tellLive();
}

function tellLive() {
  const silent = span(Math.max(1, (performance.now() - heard_ms) / 1000));
  live.className = cut ? "live live-cut" : stalled_s ? "live live-wait" : "live";
  if (cut) live.textContent = t("已断开 · {span}前的数据", { span: silent });
  else if (stalled_s) live.textContent = t("消息停滞 · 已等待 {span}", { span: span(stalled_s) });
  else live.textContent = t("实时");
}

/** @param {{crossing?: Crossing, dropped?: number}} told somebody entered or left an area, or did not after all */
function cross({ crossing, dropped }) {
  if (crossing) crossings.set(crossing.id, crossing);
  if (dropped !== undefined) crossings.delete(dropped);
  drawCheckins();
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

/** @returns {Crossing[]} the newest; none where only one kind of check-in was asked for */
function crossed() {
  const sorted = [...crossings.values()].sort((a, b) => b.id - a.id);
  for (const dropped of sorted.splice(KEPT)) crossings.delete(dropped.id);
  return filters.kind ? [] : sorted;
}

/** @param {Crossing[]} run crossings that follow one another: the newest, and the others on request */
function passing(run) {
  const shown = more ? run : run.slice(0, SHOWN);
  const lines = shown.map((item) => {
    const key = `person:${item.person.id}`;
    return crossingRow(item, { key, go: () => go(key) });
  });
  const rest = run.length - shown.length;
  if (!rest) return lines;
  const open = () => {
    more = true;
    drawCheckins();
  };
  const button = el("button.link.passing-more", { type: "button", onclick: open }, t("另有 {n} 次进出", { n: rest }));
  return [...lines, el("li", {}, button)];
}

/** @param {string} [fresh] id of the one that has just come */
function drawCheckins(fresh = "") {
  const items = newest();
  const entries = woven(items, crossed());
  byId("checkin-count").textContent = String(items.length);
  if (!entries.length) return fill(checkinList, blank(t("还没有签到"), t("有人签到时会立刻出现在这里。")));
  refill(
    checkinList,
    el(
      "ul.rows",
      {},
      entries.map((entry) => ("checkin" in entry ? checkinLine(entry.checkin, fresh) : passing(entry.crossings))),
    ),
  );
  relight.checkins();
  if (!fresh) return marks.show(items);
  const one = checkins.get(fresh);
  return one && marks.drop(one);
}

/** @param {Checkin} item @param {string} fresh id of the one that has just come */
function checkinLine(item, fresh) {
  return checkinRow(item, { key: checkinKey(item), fresh: item.id === fresh, go: () => go(checkinKey(item)) });
}

function drawPeople() {
  const items = places.all();
  people.show(items);
  tellOutside();
  tellCard();
  byId("people-count").textContent = String(items.length);
  if (!byId("people").hidden) listPeople(items);
}

/** The list of people: rows are made when somebody comes or goes, and only told anew while they move. */
function listPeople(items = places.all()) {
  if (reasonMissing) return undefined;
  if (!items.length) {
    personRows.clear();
    return fill(peopleList, silentRows(), blank(t("现在没有人在岗"), t("行程开始后，同意记录位置的人会出现在这里。")));
  }
  const same = items.length === personRows.size && items.every((place) => personRows.get(place.person.id)?.isConnected);
  if (same) return items.forEach(agePerson);
  personRows.clear();
  for (const place of items) personRows.set(place.person.id, personLine(place));
  refill(peopleList, silentRows(), el("ul.rows.people-rows", {}, [...personRows.values()]));
  return relight.people();
}

/** @returns {HTMLElement | null} phones that are silent, above those that are heard, in the order of units */
function silentRows() {
  const lasting = [...silences.values()].sort((a, b) => a.unit.id - b.unit.id || a.person.id - b.person.id);
  return lasting.length ? el("ul.rows", {}, lasting.map(silenceRow)) : null;
}

/** @param {Place} place */
function agePerson(place) {
  const row = personRows.get(place.person.id);
  if (row) agePersonRow(row, place, aged(place));
}

/** @param {Place} place */
function personLine(place) {
  return personRow(place, { key: personKey(place), ...aged(place), go: () => go(personKey(place)) });
}

/** @param {Place} place */
function aged(place) {
  const age_s = age(place.at);
  return { age_s, old: age_s > FADING_S };
}

/** Many are on duty far away: say how many the map does not show just now, and show them on request. */
function tellOutside() {
  const view = wall.view.calculateExtent(wall.map.getSize());
  const outside = people.everywhere().filter((where) => !containsCoordinate(view, where)).length;
  const chip = byId("outside");
  chip.hidden = outside === 0;
  if (outside)
    fill(
      chip,
      t("地图外还有 {n} 人在岗", { n: outside }),
      el("button.link", { type: "button", onclick: () => wall.fit(boundingExtent(people.everywhere()), 350) }, t("看全部")),
    );
}

/** @param {string} key @returns {number[] | undefined} where a thing is drawn */
function whereIs(key) {
  if (key.startsWith("checkin:")) return marks.where(key);
  return people.where(Number(key.slice("person:".length)));
}

/** @param {string} key bring it into view */
function go(key) {
  const where = whereIs(key);
  if (!where) return toast(t("这次签到没有可显示的位置。"));
  const zoom = Math.max(wall.view.getZoom() || 0, 12);
  wall.view.animate({ center: where, zoom, duration: 350 });
  return pointing.point(key, "map");
}

/** @param {import("../map/pointing.js").Found} found chosen on the map */
function chosen({ key, together }) {
  if (together && together.length > 1) {
    wall.fit(boundingExtent(together.map((place) => wall.place(place.position.lng, place.position.lat))), 350);
  }
  turnTo(key.startsWith("person:") ? "people" : "checkins");
  document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.scrollIntoView({ block: "center" });
}

/* ── the card over a mark ────────────────────────────────────────────────────────────────────────────── */

const overlay = new Overlay({ element: card, stopEvent: false });
wall.map.addOverlay(overlay);

pointing.hear(tellCard);

/** The card over what is pointed at, which goes along with it. */
function tellCard() {
  const now = pointing.now();
  const where = now ? whereIs(now) : undefined;
  card.hidden = !where;
  if (!now || !where) return;
  fill(card, cardOf(now));
  overlay.setPosition(where);
}

/** @param {string} key */
function cardOf(key) {
  const place = places.of(Number(key.slice("person:".length)));
  const checkin = checkins.get(key.slice("checkin:".length));
  if (key.startsWith("person:")) return place ? personCard(place, age(place.at)) : null;
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
  if (name === "people" && loaded) listPeople();
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
  loaded = false;
  connect();
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
  if (loaded && !byId("people").hidden) listPeople();
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
  follow(wall.map, pointing, chosen, people.under);
  wall.map.on("moveend", tellOutside);
  await readAreas();
  wall.fit(wall.whole());
  if (!may("place.read")) return areasOnly();
  await wireFilters();
  connect();
  setInterval(tick, TICK_MS);
  return undefined;
}

void begin();
